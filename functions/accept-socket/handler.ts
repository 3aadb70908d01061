import { farewellMessage } from "../../layers/broker/stream-control.ts";
import { sha256 } from "../../layers/core/ids.ts";
import { errorFrame, PONG_FRAME, streamCodes } from "../../layers/core/stream/frame.ts";
import { microsOf } from "../../layers/core/time.ts";
import {
  type SocketEvent,
  type SocketHandler,
  type SocketResult,
  socketParameters,
} from "../../layers/lambda/socket-event.ts";
import type { Dependencies } from "../dependencies.ts";

export type AcceptDependencies = Pick<Dependencies, "bus" | "clock" | "logger" | "registry">;

/** One sentence whatever is wrong: nobody is told which subscriptions there are. */
const INVALID = "no such subscription, or its ticket was used or has run out";
const REPLACED = "another connection has taken the place of this one";
const NOT_UNDERSTOOD = errorFrame(streamCodes.notUnderstood, 'expected {"type":"ping"}');
const OK: SocketResult = { statusCode: 200 };

/**
 * Lets connections in by their tickets. Who may not come in is let in as well, to be told why: nothing can be sent
 * before, so push-stream says it, and closes, a moment later.
 */
export function createHandler({ bus, clock, logger, registry }: AcceptDependencies): SocketHandler {
  const { connections } = registry;

  async function connect(
    connectionId: string,
    { queryStringParameters }: SocketEvent,
  ): Promise<SocketResult> {
    const subscriptionId = queryStringParameters?.[socketParameters.subscriptionId] ?? "";
    const ticketHash = sha256(queryStringParameters?.[socketParameters.ticket] ?? "");
    const at = microsOf(clock.now());
    const opened = await connections.open({ connectionId, subscriptionId, ticketHash, at });
    logger.info("connection", { connectionId, subscriptionId, admitted: opened !== undefined });
    if (!opened) await tell(connectionId, streamCodes.invalidSubscription, INVALID);
    else if (opened.replaced) await part(opened.replaced);
    return OK;
  }

  /** Whoever came later is in all the same: the registry says so. */
  const part = (replaced: string) =>
    tell(replaced, streamCodes.replaced, REPLACED).catch((error: unknown) =>
      logger.warn("a connection that was replaced stays open", { connectionId: replaced, error }),
    );

  const tell = (connectionId: string, code: number, message: string) =>
    bus.publish([farewellMessage(connectionId, code, message)]);

  return async (event) => {
    const { connectionId, eventType } = event.requestContext;
    switch (eventType) {
      case "CONNECT":
        return connect(connectionId, event);
      case "DISCONNECT":
        await connections.close(connectionId, microsOf(clock.now()));
        return OK;
      case "MESSAGE":
        return { ...OK, body: isPing(event) ? PONG_FRAME : NOT_UNDERSTOOD };
    }
  };
}

function isPing({ body }: SocketEvent): boolean {
  try {
    const message: unknown = JSON.parse(body ?? "");
    return typeof message === "object" && message !== null && "type" in message && message.type === "ping";
  } catch {
    return false;
  }
}
