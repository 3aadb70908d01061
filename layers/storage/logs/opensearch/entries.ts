import * as z from "zod";
import { entryKey } from "../identity.ts";
import { type LogEntries, type LogEntry, type LogSearch, logLevels } from "../port.ts";
import { checkEntry, separate } from "../soundness.ts";
import { textsIn, wordsOf } from "../words.ts";
import { type Collection, create, find, type Query, term } from "./documents.ts";

const sourceSchema = z.object({
  id: z.string(),
  time: z.number(),
  accepted_at: z.number(),
  service: z.string(),
  level: z.enum(logLevels),
  message: z.string(),
  correlation_id: z.string().optional(),
  trace_id: z.string().optional(),
  span_id: z.string().optional(),
  host: z.string().optional(),
  stack: z.string().optional(),
  attributes: z.record(z.string(), z.unknown()),
});

export function openEntries(collection: Collection): LogEntries {
  return {
    async write(entries) {
      const now = collection.now();
      const { sound, rejections } = separate(entries, (entry) => checkEntry(entry, now));
      const documents = sound.map(({ item, index, time }) => ({
        time,
        index,
        key: entryKey(item.id),
        fields: fieldsOf(item),
      }));
      return [...rejections, ...(await create(collection, documents))];
    },

    async search({ from, to, limit, offset, ...search }) {
      const filters = filtersOf(search);
      const { sources, count } = await find(collection, { filters, from, to, order: "desc", limit, offset });
      return { entries: sources.map(entryOf), count };
    },
  };
}

function fieldsOf(entry: LogEntry) {
  const { id, acceptedAt, service, level, message, stack = "", attributes } = entry;
  return {
    id,
    accepted_at: acceptedAt,
    service,
    level,
    message,
    correlation_id: entry.correlationId,
    trace_id: entry.traceId,
    span_id: entry.spanId,
    host: entry.host,
    stack: entry.stack,
    attributes,
    words: wordsOf([message, stack, ...textsIn(attributes)]),
  };
}

function filtersOf({
  q = "",
  service,
  levels = [],
  correlationId,
}: Omit<LogSearch, "from" | "to" | "limit" | "offset">): Query[] {
  const filters = wordsOf([q]).map((word) => term("words", word));
  if (service !== undefined) filters.push(term("service", service));
  if (levels.length > 0) filters.push({ terms: { level: levels } });
  if (correlationId !== undefined) filters.push(term("correlation_id", correlationId));
  return filters;
}

function entryOf(source: unknown): LogEntry {
  const { accepted_at, correlation_id, trace_id, span_id, host, stack, ...same } = sourceSchema.parse(source);
  return {
    ...same,
    acceptedAt: accepted_at,
    ...(correlation_id === undefined ? {} : { correlationId: correlation_id }),
    ...(trace_id === undefined ? {} : { traceId: trace_id }),
    ...(span_id === undefined ? {} : { spanId: span_id }),
    ...(host === undefined ? {} : { host }),
    ...(stack === undefined ? {} : { stack }),
  };
}
