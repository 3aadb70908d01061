import { isNumber, type Reading, type Series, seriesKey } from "./series.ts";

/** What the socket brought, by series, oldest first: it goes on where an answer of the API ends. */
export type Tail = ReadonlyMap<string, readonly Reading[]>;

/** The tail with what came, and without what is older than `from`. Of one moment the later comer wins. */
export function withReadings(tail: Tail, came: readonly Reading[], from: number): Tail {
  const grown = new Map([...tail].map(([key, readings]) => [key, readings.filter(({ at }) => at >= from)]));
  for (const reading of came) {
    const key = seriesKey(reading);
    const readings = grown.get(key) ?? [];
    const place = readings.findLastIndex(({ at }) => at <= reading.at);
    const isAgain = readings[place]?.at === reading.at;
    readings.splice(isAgain ? place : place + 1, isAgain ? 1 : 0, reading);
    grown.set(key, readings);
  }
  return grown;
}

/**
 * An answer's series with the numbers of the tail. As they were sent, points are merged by their times; behind
 * buckets stands what came after the last of them.
 *
 * @param bucketMs undefined for points as they were sent
 */
export function withTail(
  answered: ReadonlyMap<string, Series>,
  tail: Tail,
  bucketMs: number | undefined,
): Map<string, Series> {
  const joined = new Map(answered);
  for (const [key, readings] of tail) {
    const before = answered.get(key);
    const since = (bucketMs !== undefined && before?.times.at(-1)) || Number.NEGATIVE_INFINITY;
    const newer = readings.filter(({ at, value }) => isNumber(value) && at >= since + (bucketMs ?? 0));
    const [first] = newer;
    if (!first) continue;
    const base = before ?? { key, ...first, unit: first.unit, times: [], values: [] };
    joined.set(key, merged(base, newer));
  }
  return joined;
}

function merged(base: Series, readings: readonly Reading[]): Series {
  const times: number[] = [];
  const values: number[] = [];
  let i = 0;
  const takeBefore = (moment: number) => {
    for (; i < base.times.length && (base.times[i] ?? 0) < moment; i++) {
      times.push(base.times[i] ?? 0);
      values.push(base.values[i] ?? 0);
    }
  };
  for (const { at, value } of readings) {
    takeBefore(at);
    if (base.times[i] === at) i++;
    times.push(at);
    values.push(value as number);
  }
  takeBefore(Number.POSITIVE_INFINITY);
  const { key, deviceId, metricName } = base;
  return { key, deviceId, metricName, unit: base.unit ?? readings.at(-1)?.unit, times, values };
}
