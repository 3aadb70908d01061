import { createApi } from "../api.ts";
import { findPlatform } from "../settings.ts";
import { printable, type Terminal } from "../terminal.ts";
import { type Detail, detailAnswer } from "./answers.ts";

export async function show(id: string, { json }: { json?: boolean }, terminal: Terminal): Promise<void> {
  const path = `/api/v1/dead-letters/${encodeURIComponent(id)}`;
  const { body } = await createApi(findPlatform()).call({ method: "GET", path, answer: detailAnswer });
  if (json) return terminal.out(JSON.stringify(body));
  for (const [name, value] of fieldsOf(body)) terminal.out(`${name.padEnd(14)}  ${printable(value)}`);
  terminal.out(`\n${terminal.style("bold", "attempts")}`);
  for (const { at, error, message } of body.attempts) {
    terminal.out(`  ${at}  ${printable(error)}: ${printable(message)}`);
  }
  section("stack", linesOf(body.error.stack), terminal);
  section(`body (${body.body_bytes} bytes)`, bodyOf(body), terminal);
}

function fieldsOf(letter: Detail): [string, string][] {
  const { id, state, queue, type, source, event_id, correlation_id, error, replays } = letter;
  const fields: [string, string | null][] = [
    ["id", id],
    ["state", state],
    ["queue", queue],
    ["type", type],
    ["event", source && event_id ? `${source}#${event_id}` : event_id],
    ["correlation id", correlation_id],
    ["error", `${error.code}: ${error.message}`],
    ["first died", letter.first_died_at],
    ["last died", letter.last_died_at],
    ["replays", replays === 0 ? null : `${replays}, the last at ${letter.replayed_at}`],
    ["discarded", letter.discarded_at],
    ["note", letter.note],
  ];
  return fields.filter((field): field is [string, string] => field[1] !== null);
}

function section(title: string, lines: readonly string[], terminal: Terminal): void {
  if (lines.length === 0) return;
  terminal.out(`\n${terminal.style("bold", title)}`);
  for (const line of lines) terminal.out(`  ${printable(line)}`);
}

/** The event if it is JSON, else the bytes as far as they are text. */
function bodyOf({ event, body_base64 }: Detail): string[] {
  if (event !== null) return linesOf(JSON.stringify(event, null, 2));
  return body_base64 === null ? [] : linesOf(Buffer.from(body_base64, "base64").toString("utf8"));
}

const linesOf = (text: string): string[] => (text === "" ? [] : text.split("\n"));
