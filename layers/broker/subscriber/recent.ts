/** What was done last, up to a number, and what is under way: nothing is done twice, not at the same time either. */
export class Recent {
  readonly #max: number;
  readonly #done = new Set<string>();
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(max: number) {
    this.#max = max;
  }

  /**
   * Does the work unless it was done lately. While it is under way elsewhere, waits: two copies of an event may lie
   * side by side in a queue, and if the first fails the second is tried.
   *
   * @returns whether it was this call that did it
   * @throws what `work` throws; it counts as not done then
   */
  async once(name: string, work: () => Promise<void>): Promise<boolean> {
    for (let other = this.#underWay.get(name); other; other = this.#underWay.get(name)) await other;
    if (this.#done.has(name)) return false;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#underWay.set(name, promise);
    try {
      await work();
      this.#remember(name);
      return true;
    } finally {
      this.#underWay.delete(name);
      resolve();
    }
  }

  #remember(name: string): void {
    this.#done.add(name);
    const [oldest] = this.#done;
    if (this.#done.size > this.#max && oldest !== undefined) this.#done.delete(oldest);
  }
}
