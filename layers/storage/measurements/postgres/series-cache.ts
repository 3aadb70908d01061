import type { Micros } from "../../../core/time.ts";
import { oldestOf } from "./retention.ts";

/** What a point needs to know of its series. */
export interface Series {
  id: number;
  retentionClass: number;
  /** Points of times from here on belong to it, up to where the next begins. */
  validFrom: Micros;
  /** What held before, where the retention was changed. */
  earlier?: Series;
}

/**
 * The series of a point: the one of its time, or, if that would have dropped it by now, the first after it that keeps
 * it. What a series has dropped nobody sees there again, so that of one key never two points are seen.
 */
export function seriesAt(newest: Series, time: Micros, now: Micros): Series {
  let chosen = newest;
  for (let series: Series | undefined = newest; series; series = series.earlier) {
    if (time >= oldestOf(series.retentionClass, now)) chosen = series;
    if (series.validFrom <= time) break;
  }
  return chosen;
}

type Generation = Map<string, Map<string, Series>>;

/**
 * The series seen most lately, the newest of each device and metric. In two generations: what is used moves to the young one, and
 * when that holds half of the capacity the old one is dropped whole. A hit on the young costs two look-ups and
 * moves nothing, unlike a list in the order of use.
 */
export class SeriesCache {
  #young: Generation = new Map();
  #old: Generation = new Map();
  #youngSize = 0;
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(deviceId: string, metricName: string): Series | undefined {
    const young = this.#young.get(deviceId)?.get(metricName);
    if (young) return young;
    const old = this.#old.get(deviceId)?.get(metricName);
    if (old) this.set(deviceId, metricName, old);
    return old;
  }

  set(deviceId: string, metricName: string, series: Series): void {
    if (this.#youngSize >= this.#capacity / 2) this.#age();
    const metrics = this.#young.get(deviceId);
    if (!metrics?.has(metricName)) this.#youngSize++;
    if (metrics) metrics.set(metricName, series);
    else this.#young.set(deviceId, new Map([[metricName, series]]));
  }

  clear(): void {
    this.#age();
    this.#age();
  }

  #age(): void {
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngSize = 0;
  }
}
