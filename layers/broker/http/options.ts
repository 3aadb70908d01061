import * as z from "zod";
import { describe, faultsOf } from "../../core/envelope.ts";
import { RefusedError } from "../../core/errors.ts";

/** `Request` is the framework's own. */
export interface HttpTelemetryOptions<Request = unknown> {
  /**
   * Names the application in the payload, where one publisher serves several.
   * @default none: the event's source names it
   */
  service?: string;
  /**
   * What is not measured: paths (`/health`), everything below one (`/static/*`), or the requests a function picks.
   * @default none
   */
  ignore?: readonly string[] | ((request: Request) => boolean);
  /**
   * The header with the id that ties a request to what follows from it. Where it is missing the trace id of
   * `traceparent` takes its place, else a new one; either is put into this header of the request, so that the
   * application can publish its own events under the same id.
   * @default "x-correlation-id"
   */
  correlationHeader?: string;
  /**
   * False leaves the client's address out of the events.
   * @default true
   */
  clientAddress?: boolean;
  /**
   * More fields for the payloads, asked for when the answer is over. They take the place of fields of the same name.
   * @default none
   */
  attributes?: (request: Request) => Record<string, unknown>;
  /**
   * Told what went wrong here: the request goes on as if nothing had been.
   * @default nobody; the publisher's `stats().refused` counts events that were not valid
   */
  onFailure?: (error: Error) => void;
}

export interface ResolvedOptions<Request> {
  service: string | undefined;
  ignores(request: Request, path: string): boolean;
  correlationHeader: string;
  clientAddress: boolean;
  attributes(request: Request): Record<string, unknown>;
  onFailure(error: Error): void;
}

const func = z.custom<(...args: never[]) => unknown>(
  (value) => typeof value === "function",
  "expected a function",
);

const schema = z.strictObject({
  service: z.string().min(1).max(1_024).optional(),
  ignore: z.union(
    [z.array(z.string().startsWith("/", "expected a path that begins with a slash")), func],
    "expected a list of paths that begin with a slash, or a function",
  ),
  correlationHeader: z.string().regex(/^[A-Za-z0-9-]+$/, "expected a header's name"),
  clientAddress: z.boolean(),
  attributes: func,
  onFailure: func,
});

const defaults = {
  ignore: [],
  correlationHeader: "x-correlation-id",
  clientAddress: true,
  attributes: () => ({}),
  onFailure: () => undefined,
} as const;

/** @throws {RefusedError} naming each option that is unknown or not as it should be */
export function resolveOptions<Request>(given: HttpTelemetryOptions<Request> = {}): ResolvedOptions<Request> {
  const parsed = schema.safeParse({ ...defaults, ...given });
  if (!parsed.success) {
    const faults = faultsOf(parsed.error);
    throw new RefusedError(400, `httpTelemetry: ${describe(faults)}`, faults);
  }
  const { ignore = [], attributes = defaults.attributes, onFailure = defaults.onFailure } = given;
  const { service, clientAddress, correlationHeader } = parsed.data;
  return {
    service,
    clientAddress,
    correlationHeader: correlationHeader.toLowerCase(),
    ignores: typeof ignore === "function" ? ignore : (_, path) => ignore.some((each) => matches(path, each)),
    attributes,
    onFailure,
  };
}

const matches = (path: string, pattern: string): boolean =>
  pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
