import { expect, it } from "vitest";
import type { StoredPoint } from "../../../core/measurement.ts";
import type { Measurements } from "../port.ts";
import { MIDNIGHT, newName, pointOf, SECOND, WHOLE_DAY } from "./samples.ts";

const WRITERS = 8;
const SERIES = 40;
const TIMES = 10;

export function concurrencyContract(store: () => Measurements): void {
  it("takes many writers of the same points at once, who neither block each other for ever nor lose [E1-US4 AC4, FR-004]", async () => {
    const devices = Array.from({ length: SERIES }, () => newName("device"));
    const metricName = newName("metric");
    const batchOf = (writer: number, round: number): StoredPoint[] =>
      devices.flatMap((deviceId) =>
        Array.from({ length: TIMES }, (_, i) => {
          const version = round * WRITERS + writer;
          return pointOf({ deviceId, metricName, time: MIDNIGHT + i * SECOND, version, value: version });
        }),
      );
    const rounds = 5;
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        for (let round = 0; round < rounds; round++) {
          await store().write(inSomeOrder(batchOf(writer, round), writer + round));
        }
      }),
    );
    const { items } = await store().points({ ...WHOLE_DAY, metrics: [metricName] });
    expect(items).toHaveLength(SERIES * TIMES);
    expect(new Set(items.map(({ value }) => value))).toEqual(new Set([rounds * WRITERS - 1]));
  });

  it("takes the first points of the same new series from many writers at once", async () => {
    const metricName = newName("metric");
    const devices = Array.from({ length: 100 }, () => newName("device"));
    await Promise.all(
      Array.from({ length: WRITERS }, (_, writer) =>
        store().write(
          inSomeOrder(
            devices.map((deviceId) => pointOf({ deviceId, metricName, time: MIDNIGHT + writer })),
            writer,
          ),
        ),
      ),
    );
    const { items } = await store().points({ ...WHOLE_DAY, metrics: [metricName] });
    expect(items).toHaveLength(100 * WRITERS);
    expect(items.slice(0, 100).map(({ deviceId }) => deviceId)).toEqual(devices);
  });
}

/** Another order for every `seed`. */
function inSomeOrder<Item>(items: readonly Item[], seed: number): Item[] {
  const step = [1, 3, 7, 9, 11, 13, 17, 19][seed % 8] ?? 1;
  const rotated = items.map((_, i) => items[(i * step + seed) % items.length]);
  return rotated.filter((item) => item !== undefined);
}
