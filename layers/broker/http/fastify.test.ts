import { Readable } from "node:stream";
import fastify, { type FastifyRequest } from "fastify";
import { expect, it } from "vitest";
import { fastifyTelemetry } from "./fastify.ts";
import { frameworkContract } from "./framework.contract.ts";
import type { HttpTelemetryOptions } from "./options.ts";

frameworkContract(async (publisher, options) => {
  const app = fastify({ forceCloseConnections: true });
  app.register(fastifyTelemetry(publisher, options as HttpTelemetryOptions<FastifyRequest>));
  app.setErrorHandler<{ statusCode?: number }>(({ statusCode = 500 }, _, reply) =>
    reply.code(statusCode).send({ message: "sorry" }),
  );
  app.get("/models/:id", (request) => request.headers["x-correlation-id"] ?? "none");
  app.get("/refused", () => {
    throw Object.assign(new Error("no such filter"), { statusCode: 422 });
  });
  app.get("/boom", async () => {
    throw new TypeError("kaputt");
  });
  app.get("/down", (_, reply) => reply.code(503).send({}));
  app.get("/stream", (_, reply) =>
    reply.send(Readable.from(Array.from({ length: 20 }, () => "x".repeat(1_000)))),
  );
  app.get("/endless", (_, reply) => {
    reply.hijack();
    reply.raw.write("a beginning");
  });
  app.get("/silent", (_, reply) => reply.hijack());
  app.register(async (router) => router.get("/devices/:device", () => "a device"), {
    prefix: "/tenants/:tenant",
  });
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  return { url, close: () => app.close() };
});

it("refuses unknown options and bad values by name", () => {
  const options = { ignroe: [], ignore: ["health"], correlationHeader: "x y" };
  expect(() => fastifyTelemetry({ publish: () => undefined } as never, options)).toThrow(
    /ignore.*: expected a path.*correlationHeader: expected a header's name.*ignroe: unknown/,
  );
});
