/** A text as any store takes it: cut to length, and without NUL and halves of surrogate pairs. */
export const storable = (text: string, maxLength: number): string =>
  text.slice(0, maxLength).toWellFormed().replaceAll("\u0000", "\ufffd");
