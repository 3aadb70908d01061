import { once } from "node:events";
import { WebSocket } from "ws";

export interface Frame {
  type: string;
  code?: number;
  message?: string;
  subscription_id?: string;
  dropped?: number;
  data_points?: { device_id: string; metric_name: string; timestamp: string; value: unknown; tags: object }[];
}

/** A client of the live stream, and what it was sent. */
export interface StreamClient {
  readonly socket: WebSocket;
  readonly frames: readonly Frame[];
  /** When each frame came, in milliseconds. */
  readonly times: readonly number[];
  /** Every value of a metric that it was sent, in order. */
  valuesOf(metric: string): unknown[];
  /** Resolves when the connection is over. */
  readonly closed: Promise<{ code: number; reason: string }>;
}

/** @returns once the server has let it in */
export async function connectStream(url: string, path: string): Promise<StreamClient> {
  const socket = new WebSocket(new URL(path, url.replace(/^http/, "ws")));
  const frames: Frame[] = [];
  const times: number[] = [];
  socket.on("message", (data) => {
    times.push(performance.now());
    frames.push(JSON.parse(String(data)));
  });
  const closed = once(socket, "close").then(([code, reason]) => ({ code, reason: String(reason) }));
  await once(socket, "open");
  return {
    socket,
    frames,
    times,
    valuesOf: (metric) =>
      frames.flatMap(({ data_points = [] }) =>
        data_points.filter(({ metric_name }) => metric_name === metric).map(({ value }) => value),
      ),
    closed,
  };
}
