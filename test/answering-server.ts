import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** What the server says to one request; `silence` breaks the connection without an answer. */
export type Reply = { status: number; body?: unknown; headers?: Record<string, string> } | "silence";

export interface Asked {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  /** Parsed, and decompressed where it was compressed. */
  body: unknown;
}

export interface AnsweringServer {
  readonly url: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

/** Stands in for a platform that fails as no healthy one does on demand: answers as the test says. */
export async function startAnsweringServer(
  reply: (asked: Asked, index: number) => Reply | Promise<Reply>,
): Promise<AnsweringServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const answered = async (question: Asked) => {
      const answer = await reply(question, asked.push(question) - 1);
      if (answer === "silence") return request.socket.destroy();
      response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
      response.end(JSON.stringify(answer.body ?? {}));
    };
    // Whoever broke off wants no answer.
    void read(request).then(answered, () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = await request.toArray();
  const raw = Buffer.concat(chunks);
  const text = (request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw).toString("utf8");
  const { method = "", url: path = "", headers } = request;
  return { method, path, headers, body: text ? JSON.parse(text) : undefined };
}
