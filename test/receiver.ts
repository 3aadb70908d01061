import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** As it came. */
  body: string;
}

/** What is said to a request; `silence` breaks the connection, `nothing` leaves it open without an answer. */
export type Said =
  | { status: number; text?: string; headers?: Record<string, string> }
  | "silence"
  | "nothing";

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** Goes away: whoever connects is refused. */
  close(): Promise<void>;
}

/** A server of another company, or of somebody's own, on this machine. @param port 0 for any free one */
export async function startReceiver(say: (request: Received) => Said, port = 0): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void request.toArray().then((chunks) => {
      const { method = "", url: path = "", headers } = request;
      const asked = { method, path, headers, body: Buffer.concat(chunks).toString("utf8") };
      received.push(asked);
      const said = say(asked);
      if (said === "nothing") return;
      if (said === "silence") return request.socket.destroy();
      response.writeHead(said.status, said.headers);
      response.end(said.text ?? "");
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
