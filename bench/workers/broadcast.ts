import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { serve } from "../worker.ts";

// The floor of the stream: a server that hands on what it is sent, with no check, no bus and no store behind it.

let server: Server;
const listeners = new Map<string, WebSocket[]>();

const tasks = {
  async start() {
    const sockets = new WebSocketServer({ noServer: true });
    server = createServer(async (request, response) => response.end(await answerTo(request)));
    server.on("upgrade", (request, stream, head) =>
      sockets.handleUpgrade(request, stream, head, (socket) => listen(request.url?.slice(1) ?? "", socket)),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiKey: "none" };
  },
};

async function answerTo(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  const body = JSON.parse(text);
  if (request.url?.endsWith("/subscribe")) return JSON.stringify({ websocket_url: `/${body.device_ids[0]}` });
  const frame = JSON.stringify({ data_points: [body] });
  for (const socket of listeners.get(request.url?.split("/").at(-2) ?? "") ?? []) socket.send(frame);
  return "{}";
}

function listen(device: string, socket: WebSocket): void {
  listeners.set(device, [...(listeners.get(device) ?? []), socket]);
}

export type Broadcast = typeof tasks;

serve(tasks, async () => {
  server?.closeAllConnections();
  server?.close();
});
