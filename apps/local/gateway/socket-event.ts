import type { SocketEvent } from "../../../layers/lambda/socket-event.ts";

/** A connection as the server knows it. */
export interface SocketConnection {
  connectionId: string;
  /** Names as they came. */
  headers: Readonly<Record<string, string>>;
  sourceIp: string;
  /** Milliseconds since the Unix epoch. */
  connectedAt: number;
}

/** When something happened on a connection, and under which id. */
export interface Occurrence {
  requestId: string;
  /** Milliseconds since the Unix epoch. */
  at: number;
}

const STAGE = "local";

/** What API Gateway hands over before it lets a connection in. Its event has no path: all is in the query. */
export function connectEvent(
  connection: SocketConnection,
  query: Readonly<Record<string, string>>,
  occurrence: Occurrence,
) {
  return {
    headers: { ...connection.headers },
    multiValueHeaders: inLists(connection.headers),
    queryStringParameters: { ...query },
    multiValueQueryStringParameters: inLists(query),
    requestContext: contextOf(connection, "$connect", "CONNECT", occurrence),
    isBase64Encoded: false,
  };
}

export function messageEvent(
  connection: SocketConnection,
  message: { data: Buffer; isBinary: boolean },
  occurrence: Occurrence,
) {
  const context = contextOf(connection, "$default", "MESSAGE", occurrence);
  return {
    requestContext: { ...context, messageId: occurrence.requestId },
    body: message.data.toString(message.isBinary ? "base64" : "utf8"),
    isBase64Encoded: message.isBinary,
  };
}

export function disconnectEvent(
  connection: SocketConnection,
  end: { code: number; reason: string },
  occurrence: Occurrence,
) {
  const headers = {
    Host: connection.headers.host ?? "",
    "x-api-key": "",
    "X-Forwarded-For": "",
    "x-restapi": "",
  };
  const context = contextOf(connection, "$disconnect", "DISCONNECT", occurrence);
  return {
    headers,
    multiValueHeaders: inLists(headers),
    requestContext: { ...context, disconnectStatusCode: end.code, disconnectReason: end.reason },
    isBase64Encoded: false,
  };
}

function contextOf<Type extends SocketEvent["requestContext"]["eventType"]>(
  { connectionId, headers, sourceIp, connectedAt }: SocketConnection,
  routeKey: string,
  eventType: Type,
  { requestId, at }: Occurrence,
) {
  return {
    routeKey,
    eventType,
    extendedRequestId: requestId,
    requestTime: logTime(at),
    messageDirection: "IN",
    stage: STAGE,
    connectedAt,
    requestTimeEpoch: at,
    identity: { userAgent: headers["user-agent"] ?? "", sourceIp },
    requestId,
    domainName: headers.host ?? "",
    connectionId,
    apiId: STAGE,
  };
}

const inLists = (texts: Readonly<Record<string, string>>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, [text]]));

/** `20/Jan/2024:11:55:00 +0000` */
export function logTime(ms: number): string {
  const [, day, month, year, time] = /, (\d\d) (\w{3}) (\d{4}) (\S+)/.exec(new Date(ms).toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
