import { connect, type Socket } from "node:net";
import { machineMs } from "../measure.ts";
import { serve } from "../worker.ts";

// Sends log entries over as many connections as are wanted, on each the next request when the last one is answered.
// It writes HTTP itself: a client that cost as much as the agent would measure itself.

export interface EdgeRun {
  url: string;
  connections: number;
  /** In each request. */
  entries: number;
  /** Over all connections. */
  requests: number;
}

const ACCEPTED = Buffer.from("HTTP/1.1 202 ");
const END = "\r\n\r\n";

/** A line of an Apache log as an application would send it. */
const entry = (number: number) => ({
  timestamp: new Date().toISOString(),
  service: "apache",
  level: "INFO",
  message: `83.149.9.216 - - "GET /presentations/logstash-monitorama-2013/images/${number}.png HTTP/1.1" 200 203023 "http://semicomplete.com/presentations/logstash-monitorama-2013/"`,
  correlation_id: `req-${number}`,
});

function requestOf(entries: number): Buffer {
  const body = JSON.stringify(Array.from({ length: entries }, (_, i) => entry(i)));
  const head = ["POST /v1/logs HTTP/1.1", "host: edge", "content-type: application/json"];
  return Buffer.from(`${[...head, `content-length: ${Buffer.byteLength(body)}`].join("\r\n")}${END}${body}`);
}

const tasks = {
  /** @returns milliseconds until all were acknowledged */
  async run({ url, connections, entries, requests }: EdgeRun) {
    const { hostname, port } = new URL(url);
    const request = requestOf(entries);
    const sockets = await Promise.all(
      Array.from({ length: connections }, () => connected(Number(port), hostname)),
    );
    let left = requests;
    const startedAt = machineMs();
    await Promise.all(
      sockets.map(async (socket) => {
        while (left-- > 0) await exchange(socket, request);
      }),
    );
    const ms = machineMs() - startedAt;
    for (const socket of sockets) socket.destroy();
    return ms;
  },
};

function connected(port: number, host: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host, noDelay: true }, () => resolve(socket));
    socket.once("error", reject);
  });
}

/** The answer is short and comes in one piece, or in a few. */
function exchange(socket: Socket, request: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    let got: Buffer = Buffer.alloc(0);
    const take = (chunk: Buffer) => {
      got = got.length === 0 ? chunk : Buffer.concat([got, chunk]);
      if (!isWhole(got)) return;
      socket.off("data", take);
      if (got.subarray(0, ACCEPTED.length).equals(ACCEPTED)) resolve();
      else reject(new Error(`expected 202, got ${got.subarray(0, 200)}`));
    };
    socket.on("data", take);
    socket.write(request);
  });
}

function isWhole(got: Buffer): boolean {
  const end = got.indexOf(END);
  if (end < 0) return false;
  const length = /content-length: (\d+)/i.exec(got.toString("latin1", 0, end))?.[1] ?? 0;
  return got.length >= end + END.length + Number(length);
}

export type EdgeLoad = typeof tasks;

serve(tasks);
