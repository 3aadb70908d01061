/** The texts added last, up to a number. */
export class Recent {
  readonly #max: number;
  readonly #known = new Set<string>();

  constructor(max: number) {
    this.#max = max;
  }

  has(text: string): boolean {
    return this.#known.has(text);
  }

  add(text: string): void {
    this.#known.add(text);
    const [oldest] = this.#known;
    if (this.#known.size > this.#max && oldest !== undefined) this.#known.delete(oldest);
  }
}
