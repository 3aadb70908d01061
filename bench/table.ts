import { isMet, type Row } from "./claim.ts";

const HEAD = ["claim", "ours", "floor", "ratio", "reach", "verdict", "proves"];

/** As markdown. A requirement's id stands in brackets, which is what counts it as proved, only where it is met. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.claim,
    row.unit(row.ours) + (row.p50 === undefined ? "" : ` (p50 ${row.unit(row.p50)})`),
    row.floor === undefined ? "" : row.unit(row.floor),
    row.floor === undefined ? "" : (row.ours / row.floor).toFixed(2),
    row.reach?.text ?? "",
    row.reach ? (isMet(row) ? "met" : "missed") : "",
    row.ids?.length && isMet(row) ? `[${row.ids.join(", ")}]` : "",
  ]);
  const widths = HEAD.map((title, i) =>
    Math.max(...[title, ...cells.map((line) => line[i] ?? "")].map((text) => text.length)),
  );
  const line = (texts: readonly string[]) =>
    `| ${texts.map((text, i) => text.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  return [line(HEAD), line(widths.map((width) => "-".repeat(width))), ...cells.map(line)].join("\n");
}

const BEGIN = "<!-- npm run bench -- --write: begin -->";
const END = "<!-- end -->";

/** @throws if the document has not both markers */
export function withResults(document: string, results: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`expected ${BEGIN} and then ${END} in bench/README.md`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${results}\n\n${document.slice(end)}`;
}
