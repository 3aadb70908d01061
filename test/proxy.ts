import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface TcpProxy {
  /** The URL behind it, with the proxy's host and port. */
  readonly url: string;
  /** Resets every connection. New ones are let through. */
  cut(): void;
  /** Refuses new connections and resets those that are there, until `heal`. */
  break(): void;
  heal(): void;
  close(): Promise<void>;
}

/**
 * A TCP proxy between a client under test and a real server, for cutting the line at will.
 *
 * @param target where its connections lead; a function is asked for each of them, as a load balancer would be
 */
export async function startProxy(target: string | (() => string)): Promise<TcpProxy> {
  const targetNow = typeof target === "string" ? () => target : target;
  const sockets = new Set<Socket>();
  let broken = false;

  const server = createServer((client) => {
    if (broken) {
      client.resetAndDestroy();
      return;
    }
    const behind = new URL(targetNow());
    const upstream = connect(Number(behind.port), behind.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => sockets.delete(socket));
    }
    client.pipe(upstream).pipe(client);
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(targetNow());
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);

  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: url.href,
    cut,
    break() {
      broken = true;
      cut();
    },
    heal() {
      broken = false;
    },
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
