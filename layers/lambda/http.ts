import middy from "@middy/core";
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/logger.ts";
import type { Scope } from "../storage/registry/port.ts";
import type { Authenticator } from "./auth.ts";
import { authentication, input, problems, requestLog, routing } from "./middleware.ts";
import type { OperationHandlers, Operations, Reply, Request } from "./operation.ts";
import { watched } from "./streamed.ts";

/** The part of a manifest row that the pipeline needs. */
export interface HttpRoute {
  method: string;
  path: string;
  scope: Scope | "open";
  operation: string;
}

export interface HttpOptions<Ops extends Operations> {
  routes: readonly HttpRoute[];
  operations: Ops;
  handlers: OperationHandlers<Ops>;
  /** Needed unless every route is open. */
  authenticator?: Authenticator;
  clock: Clock;
  logger: Logger;
}

/** What API Gateway is answered; with `stream`, which then is the body, by a function whose row says `streams`. */
export interface HttpResult extends APIGatewayProxyResult {
  stream?: AsyncIterable<Uint8Array>;
}

export type HttpHandler = (event: APIGatewayProxyEvent) => Promise<HttpResult>;

/** The event, and what each step of the pipeline adds to it. */
export interface HttpEvent extends APIGatewayProxyEvent {
  route: HttpRoute;
  request: Request;
}

/** The pipeline of every route: log, turn errors into answers, find the operation, authenticate, check the input. */
export function createHttpHandler<Ops extends Operations>(options: HttpOptions<Ops>): HttpHandler {
  const { routes, operations, handlers, authenticator, clock, logger } = options;
  const byName = handlers as Record<string, (request: Request) => Promise<Reply>>;

  async function runOperation({ route, request }: HttpEvent): Promise<HttpResult> {
    const handler = byName[route.operation];
    if (!handler) throw new Error(`no handler for the operation ${route.operation}`);
    const reply = await handler(request);
    if (!reply.stream) return resultOf(reply);
    const { requestId } = request;
    return { ...resultOf(reply), body: "", stream: watched(reply.stream, { logger, requestId }) };
  }

  const pipeline = middy<HttpEvent, HttpResult>()
    .use(requestLog({ logger, clock }))
    .use(problems({ logger }))
    .use(routing({ routes }))
    .use(authentication({ authenticator }))
    .use(input({ operations }))
    .handler(runOperation);
  // middy wants Lambda's context, which nothing here reads.
  return (event) => pipeline(event as HttpEvent, {} as never) as Promise<HttpResult>;
}

function resultOf({ status = 200, body, contentType, headers }: Reply): APIGatewayProxyResult {
  const result = {
    statusCode: status,
    headers: { "content-type": contentType ?? "application/json", ...headers },
  };
  if (Buffer.isBuffer(body)) return { ...result, body: body.toString("base64"), isBase64Encoded: true };
  return { ...result, body: contentType && typeof body === "string" ? body : JSON.stringify(body ?? null) };
}
