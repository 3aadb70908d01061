import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const CHUNK = 8 * 1_024;

export interface SlowLine {
  readonly url: string;
  close(): Promise<void>;
}

/** A way to `target` on which all connections together bring so many bytes a second there; answers are quick. */
export async function startSlowLine(target: string, bytesPerSecond: number): Promise<SlowLine> {
  const behind = new URL(target);
  const sockets = new Set<Socket>();
  let last: Promise<void> = Promise.resolve();

  function pass(bytes: Buffer, from: Socket, to: Socket): Promise<void> {
    last = last.then(async () => {
      if (from.destroyed) return;
      await sleep((bytes.length * 1_000) / bytesPerSecond);
      to.write(bytes);
    });
    return last;
  }

  const server = createServer({ highWaterMark: CHUNK }, (client) => {
    const upstream = connect(Number(behind.port), behind.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => sockets.delete(socket));
    }
    client.on("data", (bytes: Buffer) => {
      client.pause();
      void pass(bytes, client, upstream).then(() => client.resume());
    });
    upstream.pipe(client);
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
