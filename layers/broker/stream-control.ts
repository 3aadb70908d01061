import * as z from "zod";
import { rungs, STREAM_QUEUE } from "../topology/topology.ts";
import type { Delivery } from "./delivery.ts";
import type { Outgoing } from "./message.ts";

// What the functions of the stream tell push-stream by its own queue, among the measurements. They wait on the first
// rung: a connection can be sent nothing before it is let in, and a frozen function has no clock but this.

const [rung] = rungs;

/** Milliseconds until a message of these arrives. */
export const TICK_MS = rung.delayMs;

const TICK = "stream.tick";
const FAREWELL = "stream.farewell";

const farewellSchema = z.object({
  connection_id: z.string(),
  code: z.int(),
  message: z.string(),
});

export type StreamControl =
  | { kind: "tick" }
  | { kind: "farewell"; connectionId: string; code: number; message: string };

/** Whatever waits and is due shall be sent. */
export const tickMessage = (): Outgoing => controlMessage(TICK, {});

/** The connection shall be told so and closed. */
export const farewellMessage = (connectionId: string, code: number, message: string): Outgoing =>
  controlMessage(FAREWELL, { connection_id: connectionId, code, message });

/** @returns none if the message is something else, such as measurements */
export function streamControlOf({ type, body }: Delivery): StreamControl | undefined {
  if (type === TICK) return { kind: "tick" };
  if (type !== FAREWELL) return undefined;
  const { connection_id: connectionId, code, message } = farewellSchema.parse(JSON.parse(String(body)));
  return { kind: "farewell", connectionId, code, message };
}

const controlMessage = (type: string, content: object): Outgoing => ({
  exchange: rung.exchange,
  routingKey: STREAM_QUEUE,
  body: Buffer.from(JSON.stringify(content)),
  properties: { persistent: true, mandatory: true, contentType: "application/json", type },
});
