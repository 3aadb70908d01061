import { expect, it } from "vitest";
import { manifest } from "../../../functions/manifest.ts";
import { answerOf } from "./answer.ts";
import { type GatewayRequest, restEvent } from "./rest-event.ts";
import { routeTable } from "./routes.ts";

const request = (given: Partial<GatewayRequest> = {}): GatewayRequest => ({
  method: "POST",
  path: "/hello/world",
  query: new URLSearchParams("name=me&name=you&q=1"),
  headers: { "content-type": "application/json", "user-agent": "curl/8" },
  body: Buffer.from('{"a": 1}'),
  sourceIp: "127.0.0.1",
  requestId: "r-1",
  receivedAt: 1_589_522_469_693,
  ...given,
});

it("builds the event of API Gateway's proxy integration, the body in base64", () => {
  const event = restEvent(request(), { resource: "/hello/{who}", pathParameters: { who: "world" } });
  expect(event).toMatchObject({
    resource: "/hello/{who}",
    path: "/hello/world",
    httpMethod: "POST",
    headers: { "content-type": "application/json" },
    multiValueHeaders: { "content-type": ["application/json"] },
    queryStringParameters: { name: "you", q: "1" },
    multiValueQueryStringParameters: { name: ["me", "you"], q: ["1"] },
    pathParameters: { who: "world" },
    stageVariables: null,
    requestContext: {
      httpMethod: "POST",
      identity: { sourceIp: "127.0.0.1", userAgent: "curl/8" },
      requestId: "r-1",
      requestTimeEpoch: 1_589_522_469_693,
      resourcePath: "/hello/{who}",
    },
    isBase64Encoded: true,
  });
  expect(Buffer.from(event.body ?? "", "base64").toString()).toBe('{"a": 1}');
});

it("gives null where there is nothing, as API Gateway does", () => {
  const empty = request({ body: Buffer.alloc(0), query: new URLSearchParams() });
  const event = restEvent(empty, { resource: "/hello", pathParameters: {} });
  expect(event).toMatchObject({
    body: null,
    isBase64Encoded: false,
    pathParameters: null,
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
  });
});

it("finds the function of a path, fixed segments before parameters", () => {
  const find = routeTable(manifest);
  expect(find("GET", "/health")).toMatchObject({ functionName: "report-health", resource: "/health" });
  expect(find("GET", "/api/v1/telemetry/devices/d-1/metrics/cpu%7Bcore%3D%220%22%7D/latest")).toMatchObject({
    functionName: "query-points",
    pathParameters: { device_id: "d-1", metric_name: "cpu%7Bcore%3D%220%22%7D" },
  });
  expect(find("POST", "/health")).toBeUndefined();
  expect(find("GET", "/api/v1/telemetry/devices//metrics")).toBeUndefined();
});

it("answers 502 for what API Gateway would not understand", () => {
  const malformed = { statusCode: "ok", body: "x" } as never;
  expect(answerOf(malformed, "r").status).toBe(502);
  expect(answerOf({ statusCode: 200, body: "x".repeat(7 * 1_024 * 1_024) }, "r").status).toBe(502);
  expect(answerOf({ statusCode: 200, body: "aGk=", isBase64Encoded: true }, "r").body.toString()).toBe("hi");
});
