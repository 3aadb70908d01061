import {
  type ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import type { Logger } from "../core/logger.ts";
import type { SendOutcome, Sockets } from "./sockets.ts";

export interface ApiGatewaySocketsOptions {
  client: Pick<ApiGatewayManagementApiClient, "send">;
  logger: Logger;
  /** After which a connection counts as busy. @default 2000 */
  timeoutMs?: number;
}

/** Connections of an API Gateway WebSocket API. What is refused, throttled or late is `busy`: the next may pass. */
export function createApiGatewaySockets(options: ApiGatewaySocketsOptions): Sockets {
  const { client, logger, timeoutMs = 2_000 } = options;

  async function send(connectionId: string, text: string): Promise<SendOutcome> {
    try {
      const command = new PostToConnectionCommand({ ConnectionId: connectionId, Data: Buffer.from(text) });
      await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
      return "sent";
    } catch (error) {
      if (error instanceof GoneException) return "gone";
      logger.warn("a connection took nothing", { connectionId, error });
      return "busy";
    }
  }

  return {
    send,
    async close(connectionId, { frame }) {
      if (frame !== undefined) await send(connectionId, frame);
      try {
        const command = new DeleteConnectionCommand({ ConnectionId: connectionId });
        await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
      } catch (error) {
        if (!(error instanceof GoneException))
          logger.warn("a connection stays open", { connectionId, error });
      }
    },
  };
}
