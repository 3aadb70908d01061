import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import express, { type NextFunction, type Request, type Response, Router } from "express";
import { expressTelemetry } from "./express.ts";
import { frameworkContract } from "./framework.contract.ts";
import type { HttpTelemetryOptions } from "./options.ts";

frameworkContract(async (publisher, options) => {
  const app = express().set("env", "test");
  const telemetry = expressTelemetry(publisher, options as HttpTelemetryOptions<Request>);
  app.use(telemetry);
  app.get("/models/:id", (request, response) => {
    response.send(request.get("x-correlation-id"));
  });
  app.get("/refused", () => {
    throw Object.assign(new Error("no such filter"), { status: 422 });
  });
  app.get("/boom", async () => {
    throw new TypeError("kaputt");
  });
  app.get("/down", (_, response) => void response.status(503).json({}));
  app.get("/stream", (_, response) => {
    Readable.from(Array.from({ length: 20 }, () => "x".repeat(1_000))).pipe(response);
  });
  app.get("/endless", (_, response) => void response.write("a beginning"));
  app.get("/silent", () => undefined);
  const router = Router();
  router.get("/devices/:device", (_, response) => void response.send("a device"));
  app.use("/tenants/:tenant", router);
  app.use(telemetry.errors);
  app.use((error: { status?: number }, _: Request, response: Response, _next: NextFunction) => {
    response.status(error.status ?? 500).json({ message: "sorry" });
  });
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
});
