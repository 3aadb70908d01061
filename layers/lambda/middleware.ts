import type { MiddlewareObj } from "@middy/core";
import type { Clock } from "../core/clock.ts";
import { RefusedError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import { ANONYMOUS, type Authenticator, allows, type Caller } from "./auth.ts";
import type { HttpEvent, HttpResult, HttpRoute } from "./http.ts";
import { checkDevice, isLimited } from "./limits.ts";
import type { Operation, Operations, Request } from "./operation.ts";
import { problemOf } from "./problem.ts";
import { lowerCaseHeaders, readBody, readJsonBody, readParams, readQuery } from "./request.ts";

type Middleware = MiddlewareObj<HttpEvent, HttpResult>;

/** Begins the request, logs it when it is answered, and gives the answer its request id. */
export function requestLog({ logger, clock }: { logger: Logger; clock: Clock }): Middleware {
  const startedAt = new WeakMap<HttpEvent, number>();

  const begin = (event: HttpEvent) => {
    startedAt.set(event, performance.now());
    const { requestId } = event.requestContext;
    event.request = {
      requestId,
      now: clock.now(),
      headers: lowerCaseHeaders(event),
      caller: ANONYMOUS,
    } as Request;
  };

  const end = (event: HttpEvent, response: HttpResult | null | undefined) => {
    const { requestId, caller } = event.request;
    const durationMs = performance.now() - (startedAt.get(event) ?? performance.now());
    logger.info("request", {
      requestId,
      method: event.httpMethod,
      route: event.resource,
      status: response?.statusCode,
      keyId: caller.keyId,
      durationMs: Math.round(durationMs * 100) / 100,
    });
    if (response) response.headers = { ...response.headers, "x-request-id": requestId };
  };

  return {
    before: ({ event }) => begin(event),
    after: ({ event, response }) => end(event, response),
    onError: ({ event, response }) => end(event, response),
  };
}

/** Answers what was thrown as a problem; must stand before whatever may throw. */
export function problems({ logger }: { logger: Logger }): Middleware {
  return {
    onError: (exchange) => {
      exchange.response = problemOf(exchange.error, exchange.event.request.requestId, logger);
    },
  };
}

export function routing({ routes }: { routes: readonly HttpRoute[] }): Middleware {
  const byResource = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  return {
    before: ({ event }) => {
      const route = byResource.get(`${event.httpMethod} ${event.resource}`);
      if (!route) throw new RefusedError(404, `no route ${event.httpMethod} ${event.path}`);
      event.route = route;
    },
  };
}

export function authentication({ authenticator }: { authenticator: Authenticator | undefined }): Middleware {
  return {
    before: async ({ event: { route, request } }) => {
      if (route.scope === "open") return;
      if (!authenticator) throw new Error(`the route ${route.path} is not open and needs an authenticator`);
      request.caller = await authenticator.authenticate(request.headers);
      if (!allows(request.caller, route.scope)) {
        throw new RefusedError(403, `this credential lacks the scope ${route.scope}`, [], {
          code: "forbidden",
        });
      }
      refuseLimited(route, request.caller);
    },
  };
}

/**
 * Whoever is limited to devices or types of events may send (the function itself holds it to the limits), and read
 * what is of one device; nothing that shows or changes what lies beyond.
 */
function refuseLimited({ scope, path, method }: HttpRoute, caller: Caller): void {
  if (scope === "ingest" || isPerDevice(path) || !isLimited(caller)) return;
  throw new RefusedError(
    403,
    `this credential is limited to devices or types of events, and ${method} ${path} is not`,
    [],
    { code: "forbidden" },
  );
}

const isPerDevice = (path: string): boolean => path.includes("{device_id}");

/** Decompresses, parses and checks path, query and body, before anything is done. */
export function input({ operations }: { operations: Operations }): Middleware {
  return {
    before: async ({ event }) => {
      const { route, request } = event;
      const operation = operations[route.operation] as Operation;
      const raw = await readBody(event, request.headers);
      Object.assign(request, {
        raw,
        params: readParams(event, operation),
        query: readQuery(event, operation),
        body: readJsonBody(raw, request.headers, operation),
      });
      if (!isPerDevice(route.path)) return;
      const { device_id = "" } = request.params as { device_id?: string };
      checkDevice(request.caller, device_id);
    },
  };
}
