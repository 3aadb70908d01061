import { once } from "node:events";
import { createConnection } from "node:net";
import { afterEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { FunctionRow } from "../../../functions/manifest-row.ts";
import type { SocketEvent, SocketResult } from "../../../layers/lambda/socket-event.ts";
import { silentLogger } from "../../../test/silent-logger.ts";
import { createOpenSockets, type OpenSockets, type OpenSocketsOptions } from "./open-sockets.ts";
import { type Gateway, startGateway } from "./server.ts";
import { createSocketServer } from "./socket-server.ts";

const row: FunctionRow = {
  name: "accept",
  summary: "Accepts",
  triggers: [{ kind: "socket", routes: ["connect", "disconnect", "default"] }],
  needs: ["registry"],
  memoryMb: 512,
  timeoutSeconds: 29,
};

let gateway: Gateway;
let open: OpenSockets;
let ids: string[];

async function start(
  options: OpenSocketsOptions = {},
  decide: (event: SocketEvent) => Promise<SocketResult> = async () => ({ statusCode: 200 }),
): Promise<void> {
  ids = [];
  open = createOpenSockets(options);
  const accept = (event: SocketEvent) => {
    const { eventType, connectionId } = event.requestContext;
    if (eventType === "CONNECT") ids.push(connectionId);
    if (eventType === "DISCONNECT") ids.splice(ids.indexOf(connectionId), 1);
    return decide(event);
  };
  const sockets = createSocketServer({ manifest: [row], handlers: { accept }, open, logger: silentLogger });
  gateway = await startGateway({ manifest: [row], handlers: {}, sockets, logger: silentLogger, port: 0 });
}

afterEach(() => gateway.close());

const connect = (): WebSocket => new WebSocket(`ws://127.0.0.1:${gateway.port}/ws/telemetry/sub_a?ticket=t`);

async function connected(): Promise<{ socket: WebSocket; id: string }> {
  const socket = connect();
  await once(socket, "open");
  return { socket, id: ids.at(-1) ?? "" };
}

const soon = <Value>(read: () => Value) => expect.poll(read, { timeout: 10_000 });

it("holds little for a client that does not read, and delivers every frame of 12,000 to one that does", async () => {
  await start();
  const slow = await connected();
  slow.socket.pause();
  const { socket, id } = await connected();
  let received = 0;
  let ordered = true;
  socket.on("message", (data) => {
    ordered &&= Number(String(data).split(" ", 1)) === received++;
  });
  const padding = "x".repeat(10_000);
  let taken = 0;
  for (let i = 0; i < 12_000; i++) {
    if ((await open.send(slow.id, `${i} ${padding}`)) === "sent") taken++;
    while ((await open.send(id, `${i} ${padding}`)) === "busy") await new Promise(setImmediate);
  }
  await soon(() => received).toBe(12_000);
  expect(ordered).toBe(true);
  // 120 MB were offered; the kernel's buffers of both ends and ours hold a few.
  expect(taken * padding.length).toBeLessThan(30_000_000);
  expect(await open.send(slow.id, "one more")).toBe("busy");
});

it("cuts off a client that answers no ping, and tells the function [E5-US2 AC5]", async () => {
  await start({ heartbeatMs: 100 });
  const alive = await connected();
  const dead = await connected();
  dead.socket.pause();
  await soon(() => ids).toEqual([alive.id]);
  expect(await open.send(dead.id, "anybody?")).toBe("gone");
  expect(alive.socket.readyState).toBe(WebSocket.OPEN);
});

it("cuts off who does not answer a close", async () => {
  await start({ closingMs: 100 });
  const { socket, id } = await connected();
  socket.pause();
  await open.close(id, { code: 4_004, reason: "invalid", frame: "{}" });
  await soon(() => ids).toEqual([]);
});

it.each([
  ["refuses", async () => ({ statusCode: 403 }), "403"],
  ["fails", () => Promise.reject(new Error("no database")), "500"],
])("lets nobody in whom the function %s", async (_, decide, status) => {
  await start({}, decide);
  const [error] = (await once(connect(), "error")) as [Error];
  expect(error.message).toContain(status);
});

it("answers a request that offers HTTP/2 as any other", async () => {
  await start();
  const socket = createConnection(gateway.port, "127.0.0.1");
  socket.write(
    "GET /nothing HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n",
  );
  const [answer] = await once(socket, "data");
  expect(String(answer)).toMatch(/^HTTP\/1\.1 404 /);
  socket.destroy();
});

it("closes with 1001 when it stops, and has told the function of each when it is through", async () => {
  await start();
  const clients = await Promise.all([connected(), connected()]);
  const codes = Promise.all(clients.map(async ({ socket }) => (await once(socket, "close"))[0]));
  await gateway.close();
  expect(ids).toEqual([]);
  expect(await codes).toEqual([1_001, 1_001]);
});
