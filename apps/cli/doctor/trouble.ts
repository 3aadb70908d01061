/** What a check found wrong, and what to do about it. */
export class Trouble extends Error {
  readonly todo?: string;

  constructor(detail: string, todo?: string) {
    super(detail);
    this.todo = todo;
  }
}

/** A check that rests on something that is not there: it says nothing, and fails nothing. */
export class Skipped extends Error {}
