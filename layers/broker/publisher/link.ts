import type { ChannelModel } from "amqplib";
import { asError } from "../../core/errors.ts";
import { type ConfirmTracker, trackConfirms } from "../confirms.ts";
import { closeQuietly, openConfirmChannel, openConnection } from "../connection.ts";
import type { ResolvedOptions } from "./options.ts";

export interface LinkEvents {
  up(tracker: ConfirmTracker): void;
  down(error: Error | undefined): void;
}

export interface Link {
  /** Ends the connection, and the attempts at one. */
  close(): Promise<void>;
}

/** One connection with one confirm channel, opened again with growing, jittered pauses until it is closed. */
export function openLink(options: ResolvedOptions, events: LinkEvents): Link {
  const { url, name, reconnectMs, maxReconnectMs } = options;
  let connection: ChannelModel | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let closed = false;

  async function open(): Promise<void> {
    try {
      const opened = await openConnection({ url, name });
      if (closed) return closeQuietly(opened);
      const channel = await openConfirmChannel(opened);
      connection = opened;
      const lost = oncePerConnection(opened);
      channel.on("error", lost);
      channel.on("close", lost);
      opened.on("error", lost);
      opened.on("close", lost);
      failures = 0;
      events.up(trackConfirms(channel));
    } catch (error) {
      events.down(asError(error));
      again();
    }
  }

  function oncePerConnection(opened: ChannelModel): (error?: Error) => void {
    let told = false;
    return (error) => {
      if (told) return;
      told = true;
      connection = undefined;
      events.down(error);
      void closeQuietly(opened);
      again();
    };
  }

  function again(): void {
    if (closed) return;
    const ceiling = Math.min(maxReconnectMs, reconnectMs * 2 ** failures++);
    timer = setTimeout(() => void open(), Math.random() * ceiling);
  }

  void open();

  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await closeQuietly(connection);
    },
  };
}
