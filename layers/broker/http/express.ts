import type { Publisher } from "../publisher/publisher.ts";
import type { HttpTelemetryOptions } from "./options.ts";
import { createHttpTelemetry, type RawRequest, type RawResponse } from "./telemetry.ts";

/** What is asked of Express's request, of version 5 or 4. */
export interface ExpressRequestLike extends RawRequest {
  readonly originalUrl: string;
  readonly baseUrl: string;
  readonly ip?: string | undefined;
  readonly params?: Record<string, string | string[]>;
}

export interface ExpressTelemetry<Request> {
  (request: Request, response: RawResponse, next: () => void): void;
  /** Sees what handlers throw and passes it on; to be used after the routes and before error handlers. */
  readonly errors: (
    error: unknown,
    request: Request,
    response: RawResponse,
    next: (error: unknown) => void,
  ) => void;
}

/**
 * Middleware for Express: `app.use(telemetry)` before the routes, `app.use(telemetry.errors)` after them. Emits
 * `api.latency` for every request and `api.error` for those that fail; without `errors` it knows of a failure the
 * status only.
 *
 * @throws {RefusedError} naming each option that is unknown or not as it should be
 */
export function expressTelemetry<Request extends ExpressRequestLike>(
  publisher: Pick<Publisher, "publish">,
  options?: HttpTelemetryOptions<Request>,
): ExpressTelemetry<Request> {
  const telemetry = createHttpTelemetry(publisher, options);

  const middleware = (request: Request, response: RawResponse, next: () => void): void => {
    telemetry.begin(() => {
      const { originalUrl: url, headers, method, ip: address } = request;
      return { request, raw: { url, headers, method }, response, address, endpoint: watchRoute(request) };
    });
    next();
  };
  const errors: ExpressTelemetry<Request>["errors"] = (error, _request, response, next) => {
    telemetry.failed(response, error);
    next(error);
  };
  return Object.assign(middleware, { errors });
}

interface Route {
  path?: unknown;
}

/**
 * Express names the route while the request is in it: when the answer is over, a router that passed an error on has
 * taken its `baseUrl` away again. So the pattern is put together at the moment when the route is set.
 */
function watchRoute(request: ExpressRequestLike): () => string | undefined {
  let route: Route | undefined;
  let endpoint: string | undefined;
  Object.defineProperty(request, "route", {
    configurable: true,
    enumerable: true,
    get: () => route,
    set(taken: Route | undefined) {
      // It is set once more within the route, where the parameters of the mount are not to be seen any more.
      if (taken?.path !== undefined && taken !== route) {
        endpoint = patternOf(request.baseUrl, request.params) + textOf(taken.path);
      }
      route = taken;
    },
  });
  return () => endpoint;
}

/** Where a router is mounted Express tells by the URL only: parameters in it get their names back. */
function patternOf(baseUrl: string, params: ExpressRequestLike["params"] = {}): string {
  const names = new Map(Object.entries(params).map(([name, value]) => [String(value), `:${name}`]));
  return baseUrl
    .split("/")
    .map((segment) => names.get(decoded(segment)) ?? segment)
    .join("/");
}

const textOf = (path: unknown): string => (Array.isArray(path) ? path.map(String).join("|") : String(path));

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
