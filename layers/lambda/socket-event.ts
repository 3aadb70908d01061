// What API Gateway hands a function for a WebSocket API ("Working with WebSocket APIs", API Gateway Developer Guide),
// as far as it is read here. Only $connect has headers and a query string, and only a message a body.

export interface SocketEvent {
  requestContext: {
    routeKey: string;
    eventType: "CONNECT" | "MESSAGE" | "DISCONNECT";
    connectionId: string;
  };
  queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
  body?: string | null;
  isBase64Encoded: boolean;
}

export interface SocketResult {
  /** Of $connect: 200 lets in. */
  statusCode: number;
  /** Of a message: what is sent back. */
  body?: string;
}

export type SocketHandler = (event: SocketEvent) => Promise<SocketResult>;

/** Where the subscription and the ticket stand in the query string of $connect: its path has no room for them. */
export const socketParameters = { subscriptionId: "subscription_id", ticket: "ticket" } as const;
