import type { ChannelModel } from "amqplib";
import { asError, type UnavailableError } from "../core/errors.ts";
import { type ConfirmTracker, trackConfirms } from "./confirms.ts";
import {
  brokerGone,
  type ConnectionOptions,
  closeQuietly,
  openConfirmChannel,
  openConnection,
} from "./connection.ts";
import type { Outgoing } from "./message.ts";

/** Publishing from a handler: what is published is on a queue of the broker when the promise resolves. */
export interface Bus {
  /**
   * Publishes all messages and waits for every confirm.
   *
   * @throws {UnavailableError} `broker_unavailable` (gone, refused, or too late) or `unroutable`; some of the
   * messages may have been stored all the same, so whoever repeats must repeat under the same identity.
   */
  publish(messages: readonly Outgoing[]): Promise<void>;
  close(): Promise<void>;
}

export interface BusOptions extends ConnectionOptions {
  /**
   * By when everything must be confirmed: well under API Gateway's 29 s.
   * @default 10000
   */
  deadlineMs?: number;
}

/** A process that was frozen for longer than this has a connection that the broker has given up. */
const THAW_MS = 10_000;
const HEARTBEAT_OF_PROCESS_MS = 2_000;

interface Line {
  connection: ChannelModel;
  tracker: ConfirmTracker;
  open: boolean;
}

/**
 * A bus for Lambda handlers. The connection lives as long as the process; after a thaw, and whenever it is found
 * broken, it is opened anew, once per publish.
 */
export function createBus(options: BusOptions): Bus {
  const { deadlineMs = 10_000 } = options;
  const freezes = watchForFreezes();
  let line: Promise<Line> | undefined;
  let closed = false;

  async function currentLine(): Promise<Line> {
    if (closed) throw brokerGone("the bus is closed");
    if (freezes.thawed() || (await line?.catch(() => undefined))?.open === false) drop();
    line ??= openLine(options);
    return line.catch(forget);
  }

  function forget(error: unknown): never {
    line = undefined;
    throw error;
  }

  function drop(): void {
    const old = line;
    line = undefined;
    // Not awaited: a peer that is gone never answers the close.
    old?.then(({ connection }) => void closeQuietly(connection)).catch(() => undefined);
  }

  async function attempt(messages: readonly Outgoing[], deadline: number): Promise<Outcome> {
    let used: Line | undefined;
    try {
      used = await before(deadline, currentLine());
      return { ...(await before(deadline, sendAll(used.tracker, messages))), used };
    } catch (error) {
      return { failed: [...messages], reason: brokerGone("publishing failed", asError(error)), used };
    }
  }

  /** Not the one that another publish has opened meanwhile in its place. */
  async function dropIfCurrent(failed: Line | undefined): Promise<void> {
    if (failed && (await line?.catch(() => undefined)) === failed) drop();
  }

  return {
    async publish(messages) {
      // Not by the wall clock, which may be set while we wait.
      const deadline = performance.now() + deadlineMs;
      const first = await attempt(messages, deadline);
      if (!first.reason) return;
      if (first.reason.code === "unroutable" || performance.now() >= deadline) throw first.reason;
      await dropIfCurrent(first.used);
      const second = await attempt(first.failed, deadline);
      if (second.reason) throw second.reason;
    },
    async close() {
      closed = true;
      freezes.stop();
      const opened = await line?.catch(() => undefined);
      line = undefined;
      await closeQuietly(opened?.connection);
    },
  };
}

interface Outcome {
  failed: Outgoing[];
  reason?: UnavailableError;
  /** None if no connection could be had. */
  used?: Line | undefined;
}

async function openLine(options: ConnectionOptions): Promise<Line> {
  const connection = await openConnection(options);
  const channel = await openConfirmChannel(connection);
  const line: Line = { connection, tracker: trackConfirms(channel), open: true };
  const closed = () => {
    line.open = false;
    void closeQuietly(connection);
  };
  channel.on("close", closed);
  connection.on("close", closed);
  return line;
}

async function sendAll(tracker: ConfirmTracker, messages: readonly Outgoing[]): Promise<Outcome> {
  const outcome: Outcome = { failed: [] };
  await Promise.all(
    messages.map(
      (message) =>
        new Promise<void>((resolve) => {
          tracker.send(message, (failure) => {
            if (failure) {
              outcome.failed.push(message);
              if (outcome.reason?.code !== "unroutable") outcome.reason = failure;
            }
            resolve();
          });
        }),
    ),
  );
  return outcome;
}

async function before<Result>(deadline: number, work: Promise<Result>): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error("no confirm in time")),
    Math.max(0, deadline - performance.now()),
  );
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

/** Lambda stops the process between calls, timers with it: a tick that comes late tells of a freeze. */
function watchForFreezes() {
  let last = Date.now();
  const tick = () => {
    last = Math.max(last, Date.now());
  };
  const timer = setInterval(() => {
    if (Date.now() - last < THAW_MS) tick();
  }, HEARTBEAT_OF_PROCESS_MS).unref();
  return {
    thawed(): boolean {
      const frozen = Date.now() - last >= THAW_MS;
      tick();
      return frozen;
    },
    stop: () => clearInterval(timer),
  };
}
