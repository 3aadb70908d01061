import type { Publisher } from "../publisher/publisher.ts";
import type { HttpTelemetryOptions } from "./options.ts";
import { createHttpTelemetry, type RawRequest, type RawResponse } from "./telemetry.ts";

/** What is asked of Fastify's request, of version 5 or 4. */
export interface FastifyRequestLike {
  readonly raw: RawRequest;
  readonly ip: string;
  readonly routeOptions: { readonly url?: string | undefined };
}

export interface FastifyReplyLike {
  readonly raw: RawResponse;
}

export interface FastifyLike<Request, Reply> {
  addHook(name: "onRequest", hook: (request: Request, reply: Reply, done: () => void) => void): unknown;
  addHook(
    name: "onError",
    hook: (request: Request, reply: Reply, error: Error, done: () => void) => void,
  ): unknown;
}

export type FastifyTelemetry<Request> = (
  instance: FastifyLike<Request, FastifyReplyLike>,
  options: unknown,
  done: () => void,
) => void;

/**
 * A plugin for Fastify: `app.register(fastifyTelemetry(publisher))`. Emits `api.latency` for every request, those
 * that found no route included, and `api.error` for those that fail.
 *
 * @throws {RefusedError} naming each option that is unknown or not as it should be
 */
export function fastifyTelemetry<Request extends FastifyRequestLike>(
  publisher: Pick<Publisher, "publish">,
  options?: HttpTelemetryOptions<Request>,
): FastifyTelemetry<Request> {
  const telemetry = createHttpTelemetry(publisher, options);
  const plugin: FastifyTelemetry<Request> = (instance, _, done) => {
    instance.addHook("onRequest", (request, { raw: response }, next) => {
      const endpoint = () => request.routeOptions.url;
      telemetry.begin(() => ({ request, raw: request.raw, response, address: request.ip, endpoint }));
      next();
    });
    instance.addHook("onError", (_request, { raw }, error, next) => {
      telemetry.failed(raw, error);
      next();
    });
    done();
  };
  // As fastify-plugin does it: the hooks are for the instance that registers them, not for a context of their own.
  return Object.assign(plugin, {
    [Symbol.for("skip-override")]: true,
    [Symbol.for("fastify.display-name")]: "telemetry-bus",
  });
}
