import { expect, it } from "vitest";
import { connectEvent, disconnectEvent, logTime, messageEvent } from "./socket-event.ts";

// Against the events of aws-lambda-go (events/testdata/apigw-websocket-request*.json), which were recorded on AWS.

const agent = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";
const host = "dl7ptocha9.execute-api.ap-northeast-1.amazonaws.com";

const connection = {
  connectionId: "R1kmxc2VNjMCFIA=",
  headers: { host, "user-agent": agent },
  sourceIp: "49.105.91.154",
  connectedAt: 1_705_751_697_419,
};

const context = {
  messageDirection: "IN",
  stage: "local",
  connectedAt: 1_705_751_697_419,
  identity: { userAgent: agent, sourceIp: "49.105.91.154" },
  domainName: host,
  connectionId: "R1kmxc2VNjMCFIA=",
  apiId: "local",
};

it("builds $connect with headers and query, each once and in lists, and no path [AWS-03]", () => {
  const query = { subscription_id: "sub_a", ticket: "t" };
  expect(connectEvent(connection, query, { requestId: "r", at: 1_705_751_697_419 })).toEqual({
    headers: { host, "user-agent": agent },
    multiValueHeaders: { host: [host], "user-agent": [agent] },
    queryStringParameters: query,
    multiValueQueryStringParameters: { subscription_id: ["sub_a"], ticket: ["t"] },
    requestContext: {
      ...context,
      routeKey: "$connect",
      eventType: "CONNECT",
      extendedRequestId: "r",
      requestId: "r",
      requestTime: "20/Jan/2024:11:54:57 +0000",
      requestTimeEpoch: 1_705_751_697_419,
    },
    isBase64Encoded: false,
  });
});

it("builds $default with a message's id and body, and nothing of the handshake [AWS-03]", () => {
  const occurrence = { requestId: "R1knPH17NjMFftw=", at: 1_705_751_700_453 };
  const message = { data: Buffer.from('{\r\n\t"a": 1\r\n}'), isBinary: false };
  expect(messageEvent(connection, message, occurrence)).toEqual({
    requestContext: {
      ...context,
      routeKey: "$default",
      messageId: "R1knPH17NjMFftw=",
      eventType: "MESSAGE",
      extendedRequestId: "R1knPH17NjMFftw=",
      requestId: "R1knPH17NjMFftw=",
      requestTime: "20/Jan/2024:11:55:00 +0000",
      requestTimeEpoch: 1_705_751_700_453,
    },
    body: '{\r\n\t"a": 1\r\n}',
    isBase64Encoded: false,
  });
  expect(messageEvent(connection, { data: Buffer.of(255), isBinary: true }, occurrence)).toMatchObject({
    body: "/w==",
    isBase64Encoded: true,
  });
});

it("builds $disconnect with the code of the close and the few headers that AWS gives [AWS-03]", () => {
  const occurrence = { requestId: "R1koeHsUtjMFbRw=", at: 1_705_751_708_326 };
  const headers = { Host: host, "x-api-key": "", "X-Forwarded-For": "", "x-restapi": "" };
  expect(disconnectEvent(connection, { code: 1_001, reason: "" }, occurrence)).toEqual({
    headers,
    multiValueHeaders: { Host: [host], "x-api-key": [""], "X-Forwarded-For": [""], "x-restapi": [""] },
    requestContext: {
      ...context,
      routeKey: "$disconnect",
      disconnectStatusCode: 1_001,
      disconnectReason: "",
      eventType: "DISCONNECT",
      extendedRequestId: "R1koeHsUtjMFbRw=",
      requestId: "R1koeHsUtjMFbRw=",
      requestTime: "20/Jan/2024:11:55:08 +0000",
      requestTimeEpoch: 1_705_751_708_326,
    },
    isBase64Encoded: false,
  });
});

it("writes the day of the month in two digits", () => {
  expect(logTime(0)).toBe("01/Jan/1970:00:00:00 +0000");
});
