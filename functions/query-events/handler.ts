import { RefusedError } from "../../layers/core/errors.ts";
import { parentsOf } from "../../layers/core/lineage.ts";
import type { Logger } from "../../layers/core/logger.ts";
import { bucketOf } from "../../layers/core/sketch.ts";
import { alignDown, formatTime, MICROS_PER_SECOND, microsOf } from "../../layers/core/time.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers } from "../../layers/lambda/operation.ts";
import { rangeAnswer, rangeOf } from "../../layers/lambda/search.ts";
import type { ArchivedEvent, EventArchive } from "../../layers/storage/logs/port.ts";
import type { Usage } from "../../layers/storage/registry/port.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { chainOf } from "./chain.ts";
import { operations } from "./schema.ts";

const MINUTE = 60 * MICROS_PER_SECOND;

export type QueryDependencies = HttpDependencies & Pick<Dependencies, "logs" | "registry">;

export function createHandler(dependencies: QueryDependencies): HttpHandler {
  const routes = routesOf(rowOf("query-events"));
  const handlers = handlersOf(dependencies);
  return createHttpHandler({ ...dependencies, routes, operations, handlers });
}

function handlersOf({ logs, logger, registry }: QueryDependencies): OperationHandlers<typeof operations> {
  const archive = logs.events;
  return {
    async searchEvents({ query, now }) {
      const { type, source, correlation_id, limit, offset } = query;
      const range = rangeOf(query, now);
      const search = { ...range, type, source, correlationId: correlation_id, limit, offset };
      const { events, count } = await archive.search(search);
      return { body: { events: events.map(answerOf), count, limit, offset, ...rangeAnswer(range) } };
    },

    async showEvent({ params, query }) {
      const events = await withId(archive, params.event_id, query.source);
      return { body: { events: events.map(answerOf), count: events.length } };
    },

    async showChain({ params, query, now }) {
      const startedAt = performance.now();
      const start = onlyOne(await withId(archive, params.event_id, query.source));
      const limits = { maxDepth: query.depth, maxEvents: query.limit };
      const { links, missing, truncated } = await chainOf(start, archive, limits);
      const durationMs = performance.now() - startedAt;
      const found = { events: links.length, missing: missing.length, truncated };
      logger.info("chain look-up", { ...found, durationMs: Math.round(durationMs) });
      await measure(registry.usage, now, durationMs, logger);
      const { source, id } = start.event;
      const events = links.map(({ depth, archived }) => ({
        depth,
        parents: parentsOf(archived.event).map((parent) => `${parent.source}#${parent.id}`),
        ...answerOf(archived),
      }));
      return { body: { event: { source, id }, events, missing, count: events.length, truncated } };
    },
  };
}

/** A look-up that cannot be counted is answered all the same. */
async function measure(usage: Usage, now: number, durationMs: number, logger: Logger): Promise<void> {
  const minute = alignDown(microsOf(now), MINUTE);
  const duration = { minute, endpoint: "", bucket: bucketOf(durationMs), count: 1, sumMs: durationMs };
  await usage
    .measured([{ ...duration, measure: "chain" }])
    .catch((error: unknown) => logger.warn("a chain look-up was not counted", { error }));
}

const answerOf = ({ event, archivedAt }: ArchivedEvent) => ({ event, archived_at: formatTime(archivedAt) });

/** @throws {RefusedError} 404 */
async function withId(archive: EventArchive, id: string, source?: string): Promise<ArchivedEvent[]> {
  const found = source === undefined ? await archive.withId(id) : await archive.find([{ source, id }]);
  if (found.length > 0) return found;
  throw new RefusedError(404, `no event ${source === undefined ? id : `${source}#${id}`} is archived`);
}

/** @throws {RefusedError} 409 naming the sources. Of one identity at several times the first counts. */
function onlyOne(events: readonly ArchivedEvent[]): ArchivedEvent {
  const sources = [...new Set(events.map(({ event }) => event.source))];
  const [first] = events;
  if (first && sources.length === 1) return first;
  const message = `expected one of ${sources.join(", ")}`;
  const detail = `events of ${sources.length} sources have this id; say which by source: ${sources.join(", ")}`;
  throw new RefusedError(409, detail, [{ path: "source", message }]);
}
