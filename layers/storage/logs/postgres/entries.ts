import type { Micros } from "../../../core/time.ts";
import { numberArray, textArray } from "../../postgres/arrays.ts";
import { entryKey } from "../identity.ts";
import { type LogEntries, type LogEntry, type LogSearch, logLevels } from "../port.ts";
import { checkEntry, separate } from "../soundness.ts";
import { textsIn, wordsOf } from "../words.ts";
import { type Conditions, conditionsOf, insert, readPage, type Table } from "./table.ts";

const WRITE = {
  name: "log_entries.write",
  text: `
    INSERT INTO log_entries (time, key, accepted_at, level, id, service, message,
      correlation_id, trace_id, span_id, host, stack, attributes, words)
    SELECT time, key, accepted_at, level, id, service, message,
      correlation_id, trace_id, span_id, host, stack, attributes::jsonb, words::tsvector
    FROM unnest($1::int8[], $2::uuid[], $3::int8[], $4::int2[], $5::text[], $6::text[], $7::text[],
      $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[])
      AS given (time, key, accepted_at, level, id, service, message,
        correlation_id, trace_id, span_id, host, stack, attributes, words)
    ON CONFLICT (time, key) DO NOTHING`,
};

const COLUMNS = `time, accepted_at, level, id, service, message, correlation_id, trace_id, span_id, host, stack,
  attributes`;

interface EntryRow {
  time: string;
  accepted_at: string;
  level: number;
  id: string;
  service: string;
  message: string;
  correlation_id: string | null;
  trace_id: string | null;
  span_id: string | null;
  host: string | null;
  stack: string | null;
  attributes: Record<string, unknown>;
}

export function openEntries(table: Table): LogEntries {
  return {
    async write(entries) {
      const now = table.now();
      const { sound, rejections } = separate(entries, (entry) => checkEntry(entry, now));
      const rows = sound.map(({ item, time }) => ({ time, key: entryKey(item.id), entry: item }));
      await insert(table, rows, (rows) => ({ ...WRITE, values: columnsOf(rows) }));
      return rejections;
    },

    async search(search) {
      const { rows, count } = await readPage<EntryRow>(table, COLUMNS, matching(table, search), search);
      return { entries: rows.map(entryOf), count };
    },
  };
}

function columnsOf(rows: readonly { time: Micros; key: string; entry: LogEntry }[]): string[] {
  const entries = rows.map(({ entry }) => entry);
  const texts = (of: (entry: LogEntry) => string | undefined) => textArray(entries.map(of));
  return [
    numberArray(rows.map(({ time }) => time)),
    textArray(rows.map(({ key }) => key)),
    numberArray(entries.map(({ acceptedAt }) => acceptedAt)),
    numberArray(entries.map(({ level }) => logLevels.indexOf(level))),
    texts(({ id }) => id),
    texts(({ service }) => service),
    texts(({ message }) => message),
    texts(({ correlationId }) => correlationId),
    texts(({ traceId }) => traceId),
    texts(({ spanId }) => spanId),
    texts(({ host }) => host),
    texts(({ stack }) => stack),
    texts(({ attributes }) => JSON.stringify(attributes)),
    texts(wordsOfEntry),
  ];
}

/** As tsvector reads them: apart by spaces. They hold nothing that would have to be quoted. */
const wordsOfEntry = ({ message, stack = "", attributes }: LogEntry): string =>
  wordsOf([message, stack, ...textsIn(attributes)]).join(" ");

function matching(
  table: Table,
  { q = "", service, levels = [], correlationId, from, to }: LogSearch,
): Conditions {
  const conditions = conditionsOf(table, from, to);
  const { texts, add } = conditions;
  const words = wordsOf([q]);
  if (words.length > 0) texts.push(`words @@ ${add(words.join(" & "))}::tsquery`);
  if (service !== undefined) texts.push(`service = ${add(service)}`);
  if (levels.length > 0) {
    texts.push(`level = ANY (${add(numberArray(levels.map((level) => logLevels.indexOf(level))))}::int2[])`);
  }
  if (correlationId !== undefined) texts.push(`correlation_id = ${add(correlationId)}`);
  return conditions;
}

function entryOf(row: EntryRow): LogEntry {
  return {
    id: row.id,
    time: Number(row.time),
    acceptedAt: Number(row.accepted_at),
    service: row.service,
    level: logLevels[row.level] ?? "info",
    message: row.message,
    ...(row.correlation_id === null ? {} : { correlationId: row.correlation_id }),
    ...(row.trace_id === null ? {} : { traceId: row.trace_id }),
    ...(row.span_id === null ? {} : { spanId: row.span_id }),
    ...(row.host === null ? {} : { host: row.host }),
    ...(row.stack === null ? {} : { stack: row.stack }),
    attributes: row.attributes,
  };
}
