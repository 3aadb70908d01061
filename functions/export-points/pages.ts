import type { Point } from "../../layers/core/measurement.ts";
import type { Measurements, SeriesFilter } from "../../layers/storage/measurements/port.ts";
import { CSV_HEADER, csvLine } from "./csv.ts";

/** Few enough that a page and the next one, in points as large as points may be, fit into the memory. */
const PAGE = 2_000;

/**
 * The points of a series filter page by page, in order. While a page is with the reader the next one is read, and
 * no other: what a slow reader does not take is not asked for, and whoever leaves ends it.
 *
 * @throws {UnavailableError} the store is gone
 */
export async function* pagesOf(
  store: Pick<Measurements, "points">,
  filter: SeriesFilter,
): AsyncGenerator<Point[]> {
  const read = (cursor?: string) => {
    const page = store.points({ ...filter, limit: PAGE, cursor });
    page.catch(() => undefined); // thrown below, unless nobody waits for it any more
    return page;
  };
  let { items, next } = await read();
  while (items.length > 0) {
    const coming = next === undefined ? undefined : read(next);
    yield items;
    if (!coming) return;
    ({ items, next } = await coming);
  }
}

/** The file, a piece per page. */
export async function* csvOf(first: Point[], rest: AsyncIterable<Point[]>): AsyncGenerator<Uint8Array> {
  yield Buffer.from(CSV_HEADER + linesOf(first));
  for await (const page of rest) yield Buffer.from(linesOf(page));
}

function linesOf(points: readonly Point[]): string {
  let lines = "";
  for (const point of points) lines += csvLine(point);
  return lines;
}
