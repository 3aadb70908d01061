import type { ChannelModel } from "amqplib";
import { asError } from "../../core/errors.ts";
import { closeQuietly, openConnection } from "../connection.ts";
import type { ResolvedOptions } from "./options.ts";

export interface LinkEvents {
  /** A connection is open. What throws here, or is told to `lost` later, ends it. */
  up(connection: ChannelModel, lost: (error?: Error) => void): Promise<void>;
  /** It is gone, or there was none. The next is opened when this resolves, unless it says to give up. */
  down(error: Error | undefined): Promise<"again" | "give up">;
}

export interface Link {
  readonly connection: ChannelModel | undefined;
  /** No more connections are opened; resolves when none is being opened any more. */
  stop(): Promise<void>;
  /** Ends the connection. */
  close(): Promise<void>;
}

type LinkOptions = Pick<
  ResolvedOptions,
  "url" | "name" | "heartbeatSeconds" | "reconnectMs" | "maxReconnectMs"
>;

/** One connection, opened again with growing, jittered pauses. */
export function openLink(options: LinkOptions, { up, down }: LinkEvents): Link {
  const { url, name, heartbeatSeconds, reconnectMs, maxReconnectMs } = options;
  let connection: ChannelModel | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let stopped = false;
  let opening = open();

  async function open(): Promise<void> {
    const opened = await openConnection({ url, name, heartbeatSeconds }).catch(failed);
    if (!opened) return;
    connection = opened;
    const lost = oncePerConnection(opened);
    opened.on("error", lost);
    opened.on("close", lost);
    try {
      await up(opened, lost);
      failures = 0;
    } catch (error) {
      lost(asError(error));
    }
  }

  function oncePerConnection(opened: ChannelModel): (error?: Error) => void {
    let told = false;
    return (error) => {
      if (told) return;
      told = true;
      connection = undefined;
      void closeQuietly(opened);
      failed(error);
    };
  }

  function failed(error?: Error): undefined {
    void down(error).then((next) => {
      if (stopped || next === "give up") return;
      const ceiling = Math.min(maxReconnectMs, reconnectMs * 2 ** failures++);
      timer = setTimeout(() => {
        opening = open();
      }, Math.random() * ceiling);
    });
  }

  return {
    get connection() {
      return connection;
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await opening;
    },
    close: () => closeQuietly(connection),
  };
}
