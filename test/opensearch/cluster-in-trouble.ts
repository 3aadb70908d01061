import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** What it says to a bulk request; `silence` breaks the connection without an answer. */
export type BulkAnswer = { status: number; body: unknown } | "silence";

export interface Heard {
  method: string;
  /** With its query, as it was on the wire. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface ClusterInTrouble {
  readonly url: string;
  readonly heard: Heard[];
  close(): Promise<void>;
}

/** Stands in for a cluster that answers bulk requests as no healthy one does on demand, and all others with `{}`. */
export async function startClusterInTrouble(bulk: BulkAnswer): Promise<ClusterInTrouble> {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = await request.toArray();
    const { method = "", url: path = "", headers } = request;
    heard.push({ method, path, headers, body: Buffer.concat(chunks).toString("utf8") });
    const answer: BulkAnswer = path === "/_bulk" ? bulk : { status: 200, body: {} };
    if (answer === "silence") return request.socket.destroy();
    response.writeHead(answer.status, { "content-type": "application/json" });
    return response.end(JSON.stringify(answer.body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
