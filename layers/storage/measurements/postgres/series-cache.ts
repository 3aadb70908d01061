/** What a point needs to know of its series. */
export interface Series {
  id: number;
  retentionClass: number;
}

type Generation = Map<string, Map<string, Series>>;

/**
 * The series seen most lately, by device and metric. In two generations: what is used moves to the young one, and
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

  /** Of one that is not in it, or only in the old generation. */
  set(deviceId: string, metricName: string, series: Series): void {
    if (this.#youngSize >= this.#capacity / 2) this.#age();
    const metrics = this.#young.get(deviceId);
    if (metrics) metrics.set(metricName, series);
    else this.#young.set(deviceId, new Map([[metricName, series]]));
    this.#youngSize++;
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
