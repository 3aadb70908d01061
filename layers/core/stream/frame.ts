import type { Point, StoredPoint } from "../measurement.ts";
import { formatTime } from "../time.ts";

// What goes over a socket: JSON texts. A point is written once, however many sockets it goes to.

/** API Gateway takes 128 KB a message ("Quotas for WebSocket APIs"); the rest waits for the next frame. */
export const MAX_FRAME_BYTES = 120 * 1_024;

/** Codes of closing that are ours (RFC 6455 leaves 4000 to 4999 to applications), and of error frames. */
export const streamCodes = {
  /** The client sent something other than a ping. */
  notUnderstood: 4_000,
  /** Another connection has taken this one's place. */
  replaced: 4_001,
  /** There is no such subscription, no more, or its ticket does not let in. */
  invalidSubscription: 4_004,
} as const;

/** A point that is ready to be sent. */
export interface StreamedPoint {
  /** Device and metric: of these the newest is sent. */
  series: string;
  time: number;
  version: number;
  text: string;
  bytes: number;
}

export function streamed(point: StoredPoint): StreamedPoint {
  const text = pointText(point);
  // A device has no space in its id.
  const series = `${point.deviceId} ${point.metricName}`;
  return { series, time: point.time, version: point.version, text, bytes: Buffer.byteLength(text) };
}

function pointText({ deviceId, metricName, time, value, unit, tags, metadata }: Point): string {
  return JSON.stringify({
    device_id: deviceId,
    metric_name: metricName,
    timestamp: formatTime(time),
    value,
    unit: unit ?? null,
    tags: tags ?? {},
    metadata: metadata ?? {},
  });
}

/** @param dropped how many series had to be given up since the last frame */
export function dataFrame(subscriptionId: string, points: readonly StreamedPoint[], dropped: number): string {
  const head = `{"type":"data","subscription_id":${JSON.stringify(subscriptionId)},"dropped":${dropped}`;
  return `${head},"data_points":[${points.map(({ text }) => text).join(",")}]}`;
}

export const errorFrame = (code: number, message: string): string =>
  JSON.stringify({ type: "error", code, message });

export const PONG_FRAME = JSON.stringify({ type: "pong" });
