import type { Delivery } from "../../layers/broker/delivery.ts";
import { type StreamControl, streamControlOf } from "../../layers/broker/stream-control.ts";
import { decodeEvent } from "../../layers/core/envelope.ts";
import { PermanentError } from "../../layers/core/errors.ts";
import { decodeMeasurements } from "../../layers/core/measurement-event.ts";
import { errorFrame, streamed } from "../../layers/core/stream/frame.ts";
import { createQueueHandler, type QueueHandler } from "../../layers/lambda/queue.ts";
import type { Dependencies } from "../dependencies.ts";
import { createAudience } from "./audience.ts";
import { createPump } from "./pump.ts";

export type PushDependencies = Pick<
  Dependencies,
  "bus" | "clock" | "logger" | "registry" | "sockets" | "wake"
>;

/** A word of the other functions, or a message that measurements are read from if there is anybody to send them to. */
type Item = StreamControl | { kind: "measurements"; body: Buffer };

const decode = (delivery: Delivery): Item =>
  streamControlOf(delivery) ?? { kind: "measurements", body: delivery.body };

/**
 * Sends points to those who subscribed to them. Its queue is allowed to forget, and so is this: whatever it cannot
 * read or send now is passed over, and a batch fails for nobody.
 */
export function createHandler(dependencies: PushDependencies): QueueHandler {
  const { bus, clock, logger, registry, sockets } = dependencies;
  const audience = createAudience(registry.connections, clock, logger);
  const pump = createPump({ ...dependencies, audience });

  function offer(body: Buffer): void {
    for (const point of pointsIn(body)) {
      const listeners = audience.listenersOf(point);
      if (listeners.length === 0) continue;
      const ready = streamed(point);
      for (const listener of listeners) pump.offer(listener, ready);
    }
  }

  function pointsIn(body: Buffer) {
    try {
      return decodeMeasurements(decodeEvent(body)).points;
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      // record-points has the same message, and puts it among the dead letters.
      logger.debug("measurements that cannot be read are not streamed", { error });
      return [];
    }
  }

  return createQueueHandler<Item>({
    bus,
    clock,
    logger,
    decode,
    async handle(items) {
      await audience.refresh();
      for (const item of items) {
        if (item.kind === "measurements" && audience.size > 0) offer(item.body);
      }
      const farewells = items.filter((item) => item.kind === "farewell");
      await Promise.all([
        pump.flush(),
        ...farewells.map(({ connectionId, code, message }) =>
          sockets.close(connectionId, { code, reason: message, frame: errorFrame(code, message) }),
        ),
      ]);
      return undefined;
    },
  });
}
