import { eventMessage } from "../../layers/broker/message.ts";
import type { Kept, SpoolingBus } from "../../layers/broker/spooling-bus.ts";
import { EVENT_LIMITS, type Event } from "../../layers/core/envelope.ts";
import { RefusedError, UnavailableError } from "../../layers/core/errors.ts";
import { isPlatformType, readPayload } from "../../layers/core/payloads.ts";
import { allows, type Caller } from "../../layers/lambda/auth.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import { checkType } from "../../layers/lambda/limits.ts";
import type { OperationHandlers } from "../../layers/lambda/operation.ts";
import { queuedAs } from "../../layers/lambda/queued.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { at, readEvents } from "./cloudevents.ts";
import { operations } from "./schema.ts";

export type IngestDependencies = HttpDependencies & Pick<Dependencies, "spoolingBus">;

export function createHandler(dependencies: IngestDependencies): HttpHandler {
  const routes = routesOf(rowOf("ingest-events"));
  const handlers = handlersOf(dependencies.spoolingBus);
  return createHttpHandler({ ...dependencies, routes, operations, handlers });
}

function handlersOf(bus: SpoolingBus): OperationHandlers<typeof operations> {
  return {
    async ingestEvents({ raw, headers, now, requestId, caller }) {
      const door = { now, correlationId: headers["x-correlation-id"] ?? requestId };
      const events = readEvents({ raw, headers, door });
      const single = events.length === 1;
      for (const [index, event] of events.entries()) {
        if (single) checkEvent(event, caller);
        else at(index, () => checkEvent(event, caller));
      }
      const kept = await publish(
        bus,
        events.map((event) => ({ ...event, userid: caller.keyId })),
      );
      return {
        status: 202,
        body: {
          success: true,
          accepted: events.map(({ source, id }) => ({ source, id })),
          queued: queuedAs(kept),
        },
      };
    },
  };
}

/** @throws {RefusedError} 400 its payload, 403 a platform type or one that is not the caller's, 413 its size */
function checkEvent(event: Event, caller: Caller): void {
  if (isPlatformType(event.type) && !allows(caller, "internal")) {
    throw new RefusedError(403, `events of type ${event.type} need the scope internal`, [
      { path: "type", message: "reserved for the platform" },
    ]);
  }
  checkType(caller, event.type);
  readPayload(event);
  const bytes = Buffer.byteLength(JSON.stringify(event));
  if (bytes > EVENT_LIMITS.maxBytes) {
    throw new RefusedError(413, `the event has ${bytes} bytes, more than ${EVENT_LIMITS.maxBytes}`);
  }
}

async function publish(bus: SpoolingBus, events: Event[]): Promise<Kept> {
  try {
    return await bus.publish(events.map(eventMessage));
  } catch (error) {
    if (!(error instanceof UnavailableError) || error.code !== "unroutable") throw error;
    throw new RefusedError(
      422,
      `not published: ${error.message}`,
      [{ path: "type", message: "no queue takes it" }],
      {
        cause: error,
      },
    );
  }
}
