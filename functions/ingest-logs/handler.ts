import { createHash } from "node:crypto";
import { encodedMessage } from "../../layers/broker/message.ts";
import type { Kept, SpoolingBus } from "../../layers/broker/spooling-bus.ts";
import { newEventId } from "../../layers/core/ids.ts";
import { checkEntries, isLogExport, readInputs, resultOf } from "../../layers/core/log-batch.ts";
import type { SentEntry } from "../../layers/core/log-entry.ts";
import { encodeLogs, LOG_TYPE } from "../../layers/core/log-event.ts";
import { readOtlpLogs } from "../../layers/core/otlp/logs.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import { checkType } from "../../layers/lambda/limits.ts";
import type { OperationHandlers, Reply, Request } from "../../layers/lambda/operation.ts";
import { otlpReply, refuseProtobuf, withRpcStatus } from "../../layers/lambda/otlp.ts";
import { queuedAs } from "../../layers/lambda/queued.ts";
import { logRetentionDefaults } from "../../layers/storage/logs/retention.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { operations } from "./schema.ts";

const RETENTION_DAYS = logRetentionDefaults.logRetentionDays;

export type IngestDependencies = HttpDependencies & Pick<Dependencies, "spoolingBus">;

export function createHandler(dependencies: IngestDependencies): HttpHandler {
  const routes = routesOf(rowOf("ingest-logs"));
  const handlers = handlersOf(dependencies.spoolingBus);
  return withRpcStatus(createHttpHandler({ ...dependencies, routes, operations, handlers }), ["/v1/logs"]);
}

function handlersOf(bus: SpoolingBus): OperationHandlers<typeof operations> {
  return {
    ingestLogs: (request) => ingestPlain(bus, inputsOf(request), request),

    async exportLogs(request) {
      refuseProtobuf(request);
      const inputs = inputsOf(request);
      if (!isLogExport(inputs)) return ingestPlain(bus, inputs, request);
      const { entries, rejected } = readOtlpLogs(inputs[0], request.now, RETENTION_DAYS);
      if (entries.length > 0) await publish(bus, entries, request, rejected.faults);
      return otlpReply(rejected, "rejectedLogRecords");
    },
  };
}

const inputsOf = ({ raw, headers }: Request): unknown[] => readInputs(raw, headers["content-type"]);

async function ingestPlain(bus: SpoolingBus, inputs: readonly unknown[], request: Request): Promise<Reply> {
  const checked = checkEntries(inputs, { now: request.now, retentionDays: RETENTION_DAYS });
  const kept = await publish(bus, checked.entries, request, checked.indexes);
  return { status: 202, body: { ...resultOf(checked), queued: queuedAs(kept) } };
}

/** Resolves once every message is confirmed, or spooled: that is the promise. `accepted` tells which entries these are. */
async function publish(
  bus: SpoolingBus,
  entries: readonly SentEntry[],
  request: Request,
  accepted: unknown,
): Promise<Kept> {
  const key = request.headers["idempotency-key"];
  const requestKey = key === undefined ? newEventId() : idempotentKey(key, request, accepted);
  checkType(request.caller, LOG_TYPE);
  const events = encodeLogs(entries, {
    acceptedMs: request.now,
    source: "/logs/ingest",
    correlationId: request.headers["x-correlation-id"] ?? request.requestId,
    messageId: (part) => `${requestKey}.${part}`,
    idempotent: key !== undefined,
    userId: request.caller.keyId,
  });
  return bus.publish(events.map(encodedMessage));
}

/**
 * The same for a repeat by the same caller with the same content of which the same entries are accepted. (An entry
 * that was ahead of the clock at first and is accepted later makes it another request.)
 */
function idempotentKey(key: string, { caller, raw }: Request, accepted: unknown): string {
  const hash = createHash("sha256").update(JSON.stringify([caller.keyId, key, accepted]));
  return hash.update(raw).digest("base64url").slice(0, 32);
}
