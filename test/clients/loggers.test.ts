import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import winston from "winston";
import { type Platform, startPlatform } from "../platform.ts";
import { entriesOf } from "./find.ts";

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});

afterAll(async () => {
  await platform.stop();
});

it.each([
  ["/v1/logs", false],
  ["/api/v1/logs", true],
])("takes what winston's HTTP transport posts to %s (in batches: %j)", async (path, batch) => {
  const { hostname, port } = new URL(platform.url);
  const service = `winston-${batch}`;
  const logger = winston.createLogger({
    level: "silly",
    format: winston.format.combine(winston.format.timestamp(), winston.format.json()),
    defaultMeta: { service },
    transports: [
      new winston.transports.Http({
        host: hostname,
        port: Number(port),
        path,
        batch,
        batchInterval: 50,
        headers: { "x-api-key": platform.apiKey },
      }),
    ],
  });
  logger.info("started", { correlation_id: "c-1" });
  logger.warn("slow upstream", { ms: 1_234 });
  logger.silly("details");
  const entries = await entriesOf(platform, service, 3);
  expect(entries.find(({ message }) => message === "started")).toMatchObject({
    level: "info",
    correlation_id: "c-1",
  });
  expect(entries.find(({ level }) => level === "warn")?.attributes).toEqual({ ms: 1_234 });
  expect(entries.find(({ level }) => level === "trace")?.message).toBe("details");
  logger.close();
});

/** Powertools writes to its process's own output: that is what a shipper reads. */
const program = `
  import { Logger } from "@aws-lambda-powertools/logger";
  const logger = new Logger({ serviceName: "orders", logLevel: "DEBUG" });
  logger.appendKeys({ correlation_id: "c-7" });
  logger.debug("cache miss");
  logger.info("order created", { orderId: 7 });
  logger.error("order failed", new Error("no stock"));
`;

it("takes the lines of Powertools' logger as they are", async () => {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH },
  });
  const ended = once(child, "close");
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await ended;
  const lines = `${out}${err}`;
  const headers = { "content-type": "application/x-ndjson" };
  const answer = await platform.post("/api/v1/logs", lines, { headers });
  expect(answer).toMatchObject({ status: 202, body: { ingested_count: 3, failed_count: 0 } });
  const entries = await entriesOf(platform, "orders", 3);
  expect(entries.find(({ level }) => level === "info")).toMatchObject({
    message: "order created",
    correlation_id: "c-7",
    attributes: { orderId: 7 },
  });
  expect(entries.find(({ level }) => level === "error")).toMatchObject({
    message: "order failed",
    stack: expect.stringContaining("Error: no stock"),
    attributes: { error: { name: "Error", message: "no stock" } },
  });
});
