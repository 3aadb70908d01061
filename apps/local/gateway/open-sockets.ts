import { WebSocket } from "ws";
import type { Farewell, Sockets } from "../../../layers/lambda/sockets.ts";

export interface OpenSockets extends Sockets {
  add(connectionId: string, socket: WebSocket): void;
  /** Closes all of them with 1001, and cuts off who does not answer. Resolves when none is open. */
  closeAll(): Promise<void>;
}

export interface OpenSocketsOptions {
  /**
   * What a connection may have in the server's memory before it counts as busy. One frame may come on top.
   * @default 262144
   */
  maxBufferedBytes?: number;
  /** Every so often each is pinged; who has not answered by the next time is cut off. @default 30000 */
  heartbeatMs?: number;
  /** How long one that is told to close may take. @default 2000 */
  closingMs?: number;
}

const GOING_AWAY: Farewell = { code: 1_001, reason: "the server stops" };

/** The connections of the local gateway, by the ids that functions know them by. */
export function createOpenSockets(options: OpenSocketsOptions = {}): OpenSockets {
  const { maxBufferedBytes = 256 * 1_024, heartbeatMs = 30_000, closingMs = 2_000 } = options;
  const open = new Map<string, WebSocket>();
  const answered = new WeakSet<WebSocket>();
  let heartbeat: NodeJS.Timeout | undefined;
  let emptied: (() => void) | undefined;

  function beat(): void {
    for (const socket of open.values()) {
      if (!answered.delete(socket)) socket.terminate();
      else if (socket.readyState === WebSocket.OPEN) socket.ping();
    }
  }

  function remove(connectionId: string): void {
    open.delete(connectionId);
    if (open.size > 0) return;
    clearInterval(heartbeat);
    heartbeat = undefined;
    emptied?.();
  }

  function end(socket: WebSocket, { code, reason, frame }: Farewell): void {
    if (frame !== undefined && socket.readyState === WebSocket.OPEN) socket.send(frame);
    socket.close(code, reason);
    const cut = setTimeout(() => socket.terminate(), closingMs);
    socket.once("close", () => clearTimeout(cut));
  }

  return {
    add(connectionId, socket) {
      open.set(connectionId, socket);
      answered.add(socket);
      socket.on("pong", () => answered.add(socket));
      socket.on("close", () => remove(connectionId));
      heartbeat ??= setInterval(beat, heartbeatMs).unref();
    },
    async send(connectionId, text) {
      const socket = open.get(connectionId);
      if (socket?.readyState !== WebSocket.OPEN) return "gone";
      if (socket.bufferedAmount > maxBufferedBytes) return "busy";
      socket.send(text);
      return "sent";
    },
    async close(connectionId, farewell) {
      const socket = open.get(connectionId);
      if (socket) end(socket, farewell);
    },
    async closeAll() {
      if (open.size === 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      emptied = resolve;
      for (const socket of open.values()) end(socket, GOING_AWAY);
      await promise;
    },
  };
}
