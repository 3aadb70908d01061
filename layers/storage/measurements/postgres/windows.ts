import { alignDown, type Micros } from "../../../core/time.ts";

export interface Window {
  /** Inclusive. */
  from: Micros;
  /** Exclusive. */
  to: Micros;
}

export interface Windows extends Window {
  /** Rows at most. */
  limit: number;
  /** Of the first window: a guess at what holds `limit` rows. At least `align`. */
  width: Micros;
  /** Windows end at multiples of it. */
  align: Micros;
}

const MOST_GROWTH = 16;
/** A little more than the density so far asks for, so that the last window is rarely one too few. */
const MARGIN = 1.25;

/**
 * Reads rows in order of time until there are enough, window by window, each as wide as the density of the ones
 * before suggests. An index by series has no order of time across series: one query over the whole range would
 * read and sort all of it to answer with its beginning.
 */
export async function readWindows<Row>(
  { from, to, limit, width, align }: Windows,
  read: (window: Window, missing: number) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  let missing = limit;
  let fruitful = Number.POSITIVE_INFINITY;
  for (let start = from; start < to && missing > 0; ) {
    const end = Math.min(to, alignDown(start + width, align));
    const found = await read({ from: start, to: end }, missing);
    rows.push(...found);
    missing -= found.length;
    start = end;
    if (found.length > 0) fruitful = width;
    const next = Math.max(align, Math.ceil(width * growth(found.length, missing)));
    // Devices often report at the same moment: past a burst, the next one is likely as far off as that one was.
    width = width < fruitful ? Math.min(next, fruitful) : next;
  }
  return rows;
}

const growth = (found: number, missing: number): number =>
  found === 0 ? MOST_GROWTH : Math.min(MOST_GROWTH, (MARGIN * missing) / found);
