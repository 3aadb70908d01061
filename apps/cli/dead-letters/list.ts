import { createApi } from "../api.ts";
import { findPlatform } from "../settings.ts";
import { tableOf } from "../table.ts";
import { printable, type Terminal } from "../terminal.ts";
import { listAnswer, type Summary } from "./answers.ts";
import { type FilterArguments, fieldsOf } from "./filter.ts";

export interface ListArguments extends FilterArguments {
  state: string;
  limit: number;
  offset: number;
  json?: boolean;
}

export async function list(options: ListArguments, terminal: Terminal): Promise<void> {
  const { state, limit, offset, json } = options;
  const query = new URLSearchParams({
    ...fieldsOf(options),
    ...(state !== "all" && { state }),
    ...{ limit: String(limit), offset: String(offset) },
  });
  const path = `/api/v1/dead-letters?${query}`;
  const { body } = await createApi(findPlatform()).call({ method: "GET", path, answer: listAnswer });
  if (json) return terminal.out(JSON.stringify(body));
  const { dead_letters: letters, count } = body;
  if (letters.length > 0) for (const line of table(letters, state === "all")) terminal.out(line);
  const seen = offset + letters.length;
  const more = seen < count ? `; --offset ${seen} shows more` : "";
  terminal.err(`${count} ${state === "all" ? "in all" : state}${more}`);
}

function table(letters: readonly Summary[], withState: boolean): string[] {
  const header = ["ID", "DIED (UTC)", ...(withState ? ["STATE"] : []), "QUEUE", "TYPE", "TRIES", "ERROR"];
  const rows = letters.map((letter) => [
    letter.id,
    `${letter.last_died_at.slice(0, 10)} ${letter.last_died_at.slice(11, 19)}`,
    ...(withState ? [letter.state] : []),
    letter.queue,
    letter.type ?? "?",
    String(letter.attempt_count),
    letter.error.code,
  ]);
  return tableOf([header, ...rows.map((row) => row.map(printable))]);
}
