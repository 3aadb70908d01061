import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiGatewayManagementApiClient } from "@aws-sdk/client-apigatewaymanagementapi";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { silentLogger } from "../../test/silent-logger.ts";
import { createApiGatewaySockets } from "./api-gateway-sockets.ts";
import type { Sockets } from "./sockets.ts";

// API Gateway's management API is played here ("@connections commands", API Gateway Developer Guide).

let server: Server;
let sockets: Sockets;
let client: ApiGatewayManagementApiClient;
let calls: string[];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const id = decodeURIComponent(request.url?.split("/").at(-1) ?? "");
    calls.push(`${request.method} ${request.url} ${body}`.trim());
    if (id === "silent=") return;
    if (id === "gone=") response.setHeader("x-amzn-errortype", "GoneException").writeHead(410);
    if (id === "throttled=") response.setHeader("x-amzn-errortype", "LimitExceededException").writeHead(429);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = new ApiGatewayManagementApiClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dev`,
    region: "eu-central-1",
    credentials: { accessKeyId: "a", secretAccessKey: "s" },
    maxAttempts: 1,
  });
  sockets = createApiGatewaySockets({ client, logger: silentLogger, timeoutMs: 10_000 });
});

beforeEach(() => {
  calls = [];
});

afterAll(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

it("posts a text to a connection", async () => {
  expect(await sockets.send("open=", '{"ü":1}')).toBe("sent");
  expect(calls).toEqual(['POST /dev/@connections/open%3D {"ü":1}']);
});

it.each([
  ["gone", "gone="],
  ["busy", "throttled="],
])("says %s of the connection %s", async (outcome, connectionId) => {
  expect(await sockets.send(connectionId, "{}")).toBe(outcome);
});

it("waits for no connection for longer than it is told to", async () => {
  const impatient = createApiGatewaySockets({ client, logger: silentLogger, timeoutMs: 100 });
  expect(await impatient.send("silent=", "{}")).toBe("busy");
});

it("sends the last frame before it closes, and minds no connection that is gone already", async () => {
  await sockets.close("open=", { code: 4_004, reason: "invalid", frame: "{}" });
  await sockets.close("gone=", { code: 1_000, reason: "cancelled" });
  expect(calls).toEqual([
    "POST /dev/@connections/open%3D {}",
    "DELETE /dev/@connections/open%3D",
    "DELETE /dev/@connections/gone%3D",
  ]);
});
