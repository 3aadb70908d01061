import type { Writable } from "node:stream";
import { type ChannelModel, type ConfirmChannel, connect } from "amqplib";
import { deferred } from "../core/deferred.ts";
import { UnavailableError } from "../core/errors.ts";
import { connectionTo } from "./broker-url.ts";

/**
 * Where the broker is: `amqp://` or `amqps://`, whose parameter `cacertfile` names the authorities. A function is asked
 * again at every connection, so that a rotated secret is picked up.
 */
export type BrokerUrl = string | (() => Promise<string>);

export interface ConnectionOptions {
  url: BrokerUrl;
  /** Shown by the broker's management page. */
  name: string;
  /** @default 15 */
  heartbeatSeconds?: number;
  /** @default 5000 */
  connectTimeoutMs?: number;
}

/** @throws {UnavailableError} `broker_unavailable` */
export async function openConnection(options: ConnectionOptions): Promise<ChannelModel> {
  const { name, heartbeatSeconds = 15, connectTimeoutMs = 5_000 } = options;
  try {
    const { url, tls } = await connectionTo(
      typeof options.url === "string" ? options.url : await options.url(),
    );
    url.searchParams.set("heartbeat", String(heartbeatSeconds));
    const connection = await connect(url.href, {
      ...tls,
      timeout: connectTimeoutMs,
      noDelay: true,
      clientProperties: { connection_name: name },
    });
    writeTurnByTurn(connection);
    // A connection without a listener would end the process; `close` follows and is what owners act on.
    connection.on("error", () => undefined);
    return connection;
  } catch (cause) {
    throw brokerGone("cannot connect to the broker", cause);
  }
}

/**
 * amqplib hands each message to the socket by itself, and each is then a system call: half of what publishing costs.
 * Held back until the present turn of the event loop is over, they leave together.
 */
function writeTurnByTurn({ connection }: ChannelModel): void {
  // Its types leave it out.
  const { stream } = connection as unknown as { stream: Writable };
  const write = stream.write.bind(stream) as (chunk: unknown) => boolean;
  stream.write = (chunk: unknown) => {
    if (stream.writableCorked === 0) {
      stream.cork();
      process.nextTick(() => stream.uncork());
    }
    return write(chunk);
  };
}

export async function openConfirmChannel(connection: ChannelModel): Promise<ConfirmChannel> {
  const channel = await connection.createConfirmChannel();
  channel.on("error", () => undefined);
  return channel;
}

/** A connection or a channel of amqplib's. */
export interface Closable {
  close(): Promise<void>;
  once(event: "close", listener: () => void): unknown;
}

/** A peer that is gone never answers a close. */
const CLOSE_MS = 2_000;

/** Closes what may be broken already: then there is nothing left to close. */
export async function closeQuietly(closable: Closable | undefined): Promise<void> {
  if (!closable) return;
  const { promise, resolve } = deferred<void>();
  const timer = setTimeout(resolve, CLOSE_MS);
  // amqplib forgets a channel's `close` if the connection goes first, but it emits the event.
  closable.once("close", resolve);
  closable.close().then(resolve, () => resolve());
  await promise;
  clearTimeout(timer);
}

export const brokerGone = (what: string, cause?: unknown): UnavailableError =>
  new UnavailableError(cause instanceof Error ? `${what}: ${cause.message}` : what, {
    code: "broker_unavailable",
    cause,
  });
