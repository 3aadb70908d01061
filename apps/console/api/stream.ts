import { credential } from "../state/session.ts";
import { backoffMs } from "./backoff.ts";
import { type Answer, type CallOptions, call, type Input } from "./call.ts";
import { onAnswerAgain } from "./connection.ts";
import { asApiError } from "./error.ts";

export type StreamFilter = Input<"subscribe">["body"];

export interface StreamPoint {
  device_id: string;
  metric_name: string;
  timestamp: string;
  value: unknown;
  unit?: string | null;
  tags?: Record<string, string> | null;
}

export type StreamState = "connecting" | "live" | "waiting" | "refused";

export interface StreamOptions {
  filter: StreamFilter;
  onPoints: (points: readonly StreamPoint[]) => void;
  onState: (state: StreamState, detail?: string) => void;
}

interface Frame {
  type: "data" | "pong" | "error";
  data_points?: StreamPoint[];
  code?: number;
  message?: string;
}

const RETRY = { firstMs: 500, mostMs: 30_000 };
const PING_MS = 60_000;
const INVALID = 4_004;

/**
 * Measurements as they come, over a WebSocket. A connection that ends is opened again with a fresh ticket; a
 * subscription that is gone is made anew. Until the returned function is called. All with the key of the session that
 * it was opened in: that one's subscription it is, also when the session has ended.
 */
export function openStream({ filter, onPoints, onState }: StreamOptions): () => void {
  const session: CallOptions = { credential: credential.peek() ?? "" };
  let closed = false;
  let failures = 0;
  let subscription: string | undefined;
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function connect(): Promise<void> {
    timer = undefined;
    onState("connecting");
    try {
      const { websocket_url, subscription_id } = await ticket(subscription, filter, session);
      subscription = subscription_id;
      if (closed) return cancel(subscription_id, session);
      listen(new WebSocket(new URL(websocket_url, location.href.replace(/^http/, "ws"))));
    } catch (cause) {
      if (closed) return;
      const error = asApiError(cause);
      if (error.status === 404) subscription = undefined;
      if (error.status === 403 || error.status === 400 || error.status === 401)
        onState("refused", error.message);
      else retry();
    }
  }

  function listen(opened: WebSocket): void {
    socket = opened;
    const pings = setInterval(() => {
      if (opened.readyState === WebSocket.OPEN) opened.send('{"type":"ping"}');
    }, PING_MS);
    opened.addEventListener("open", () => {
      failures = 0;
      onState("live");
    });
    opened.addEventListener("message", ({ data }) => {
      const frame = JSON.parse(String(data)) as Frame;
      if (frame.type === "data") onPoints(frame.data_points ?? []);
      if (frame.type === "error" && frame.code === INVALID) subscription = undefined;
    });
    opened.addEventListener("close", ({ code }) => {
      clearInterval(pings);
      if (code === INVALID) subscription = undefined;
      retry();
    });
  }

  function retry(): void {
    if (closed) return;
    failures += 1;
    onState("waiting");
    timer = setTimeout(() => void connect(), backoffMs(failures, RETRY));
  }

  const forget = onAnswerAgain(() => {
    if (timer === undefined) return;
    clearTimeout(timer);
    void connect();
  });
  void connect();
  return () => {
    closed = true;
    forget();
    clearTimeout(timer);
    socket?.close();
    if (subscription !== undefined) cancel(subscription, session);
  };
}

type Ticket = Pick<Answer<"subscribe">, "subscription_id" | "websocket_url">;

async function ticket(
  subscription: string | undefined,
  filter: StreamFilter,
  session: CallOptions,
): Promise<Ticket> {
  if (subscription === undefined) return call("subscribe", { body: filter }, session);
  const params = { subscription_id: subscription };
  const { websocket_url } = await call("createTicket", { params }, session);
  return { subscription_id: subscription, websocket_url };
}

/** One that is left is forgotten after a day. */
function cancel(subscription_id: string, session: CallOptions): void {
  call("unsubscribe", { params: { subscription_id } }, session).catch(() => undefined);
}
