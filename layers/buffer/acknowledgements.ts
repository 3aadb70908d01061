interface Range {
  start: number;
  /** Exclusive. */
  end: number;
}

/**
 * Which positions are dealt with: all before the mark, and ranges beyond it. It takes memory by the number of
 * holes, which are records that somebody has read and not acknowledged yet.
 */
export class Acknowledgements {
  #mark: number;
  /** In order, apart from each other, all beyond the mark. */
  readonly #ranges: Range[] = [];
  #beyond = 0;

  constructor(mark: number) {
    this.#mark = mark;
  }

  /** The first position that is not dealt with. */
  get mark(): number {
    return this.#mark;
  }

  /** How many beyond the mark are dealt with. */
  get beyond(): number {
    return this.#beyond;
  }

  has(position: number): boolean {
    if (position < this.#mark) return true;
    const range = this.#ranges[this.#indexOf(position)];
    return range !== undefined && range.start <= position;
  }

  /** @returns whether it is news */
  add(position: number): boolean {
    if (this.has(position)) return false;
    const index = this.#indexOf(position);
    const [before, after] = [this.#ranges[index - 1], this.#ranges[index]];
    const joinsBefore = before?.end === position;
    const joinsAfter = after?.start === position + 1;
    if (joinsBefore && joinsAfter) this.#ranges.splice(index - 1, 2, { start: before.start, end: after.end });
    else if (joinsBefore) before.end++;
    else if (joinsAfter) after.start--;
    else this.#ranges.splice(index, 0, { start: position, end: position + 1 });
    this.#beyond++;
    this.#advance();
    return true;
  }

  /** @returns how many before the new mark were not dealt with */
  moveTo(mark: number): number {
    if (mark <= this.#mark) return 0;
    let news = mark - this.#mark;
    for (let first = this.#ranges[0]; first && first.start < mark; first = this.#ranges[0]) {
      const passed = Math.min(first.end, mark) - first.start;
      news -= passed;
      this.#beyond -= passed;
      if (first.end <= mark) this.#ranges.shift();
      else first.start = mark;
    }
    this.#mark = mark;
    this.#advance();
    return news;
  }

  #advance(): void {
    const first = this.#ranges[0];
    if (first?.start !== this.#mark) return;
    this.#ranges.shift();
    this.#beyond -= first.end - first.start;
    this.#mark = first.end;
  }

  /** Of the first range that ends behind the position. */
  #indexOf(position: number): number {
    let [low, high] = [0, this.#ranges.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle]?.end ?? 0) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
