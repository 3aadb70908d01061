/** What stands between two commas: a metric's labels hold commas too, and any text between quotation marks. */
const NAME = /(?:[^,{]|\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\}?)+/g;

/** The names of a list between commas, each once, in its order: `cpu{core="0",host="a"},memory`. */
export const namesIn = (list: string): string[] => [
  ...new Set((list.match(NAME) ?? []).map((name) => name.trim()).filter((name) => name !== "")),
];
