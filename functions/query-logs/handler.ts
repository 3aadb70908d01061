import type { LogEntry } from "../../layers/core/log-entry.ts";
import { levelsFrom } from "../../layers/core/log-level.ts";
import { formatTime } from "../../layers/core/time.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers } from "../../layers/lambda/operation.ts";
import { rangeAnswer, rangeOf } from "../../layers/lambda/search.ts";
import type { LogEntries } from "../../layers/storage/logs/port.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { type AnsweredEntry, operations } from "./schema.ts";

export type QueryDependencies = HttpDependencies & Pick<Dependencies, "logs">;

export function createHandler(dependencies: QueryDependencies): HttpHandler {
  const routes = routesOf(rowOf("query-logs"));
  const handlers = handlersOf(dependencies.logs.entries);
  return createHttpHandler({ ...dependencies, routes, operations, handlers });
}

function handlersOf(store: LogEntries): OperationHandlers<typeof operations> {
  return {
    async searchLogs({ query, now }) {
      const { q, service, level, min_level, correlation_id, limit, offset } = query;
      const range = rangeOf(query, now);
      const { entries, count } = await store.search({
        ...range,
        q,
        service,
        levels: min_level === undefined ? level : levelsFrom(min_level),
        correlationId: correlation_id,
        limit,
        offset,
      });
      return { body: { entries: entries.map(answerOf), count, limit, offset, ...rangeAnswer(range) } };
    },
  };
}

function answerOf(entry: LogEntry): AnsweredEntry {
  const { id, time, acceptedAt, correlationId, traceId, spanId, attributes, ...named } = entry;
  return {
    id,
    timestamp: formatTime(time),
    accepted_at: formatTime(acceptedAt),
    ...named,
    correlation_id: correlationId,
    trace_id: traceId,
    span_id: spanId,
    attributes,
  };
}
