import { once } from "node:events";
import { request } from "node:http";
import { type Channel, type ChannelModel, connect } from "amqplib";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type Fresh, freshVhost } from "../../../test/fresh.ts";
import type { Event } from "../../core/envelope.ts";
import { readPayload } from "../../core/payloads.ts";
import { topology } from "../../topology/topology.ts";
import { declareTopology } from "../declare.ts";
import { createPublisher, type Publisher } from "../publisher/publisher.ts";
import type { HttpTelemetryOptions } from "./options.ts";

/**
 * A server of the framework under test, with an error handler of its own that keeps errors to itself, and these routes: `GET /models/:id` answers 200 with the correlation id of
 * its request header, `/refused` throws an error with status 422, `/boom` throws a TypeError "kaputt",
 * `/down` answers 503, `/stream` answers 20 pieces, `/endless` begins an answer and never ends it, `/silent` never
 * answers, and `/tenants/:tenant/devices/:device` is mounted by a router.
 */
export type StartServer = (
  publisher: Pick<Publisher, "publish">,
  options: HttpTelemetryOptions,
) => Promise<RunningServer>;

export interface RunningServer {
  url: string;
  close(): Promise<void>;
}

interface Published {
  type: string;
  correlationId: string;
  data: Record<string, unknown>;
}

/** What the hook does whatever the framework. */
export function frameworkContract(startServer: StartServer): void {
  let vhost: Fresh;
  let connection: ChannelModel;
  let channel: Channel;
  let queue: string;
  let publisher: Publisher;
  let server: RunningServer | undefined;

  beforeAll(async () => {
    vhost = await freshVhost();
    connection = await connect(vhost.url);
    await declareTopology(connection, topology());
    publisher = createPublisher({ url: vhost.url, source: "/shop" });
  });
  beforeEach(async () => {
    channel = await connection.createChannel();
    ({ queue } = await channel.assertQueue("", { exclusive: true }));
    await channel.bindQueue(queue, "metrics.events", "api.latency");
    await channel.bindQueue(queue, "errors.events", "api.error");
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
    await channel.close();
  });
  afterAll(async () => {
    await publisher.close();
    await connection.close();
    await vhost.drop();
  });

  const start = async (options: HttpTelemetryOptions = {}) => {
    server = await startServer(publisher, options);
    return server.url;
  };

  /** All that was published: as many as expected, and no more once the publisher has nothing left. */
  async function published(count: number): Promise<Published[]> {
    const found: Published[] = [];
    await expect
      .poll(async () => {
        const got = await channel.get(queue, { noAck: true });
        if (got) found.push(read(JSON.parse(got.content.toString())));
        return found.length;
      })
      .toBe(count);
    await expect.poll(() => publisher.stats().buffered).toBe(0);
    expect(await channel.get(queue, { noAck: true })).toBe(false);
    return found;
  }

  function read(event: Event): Published {
    readPayload(event); // Throws where the platform would refuse it.
    expect(event.source).toBe("/shop");
    return {
      type: event.type,
      correlationId: event.correlation_id,
      data: event.data as Record<string, unknown>,
    };
  }

  it("emits api.latency with the route's pattern, the status and who asked [BUS-07]", async () => {
    const url = await start({ service: "shop" });
    const headers = { "user-agent": "tests/1", "x-correlation-id": "req-1" };
    const answer = await fetch(`${url}/models/gpt-4?token=secret`, { headers });
    expect(await answer.text()).toBe("req-1");
    const [event] = await published(1);
    expect(event).toEqual({
      type: "api.latency",
      correlationId: "req-1",
      data: {
        duration_ms: expect.any(Number),
        status: 200,
        service: "shop",
        method: "GET",
        endpoint: "/models/:id",
        user_agent: "tests/1",
        ip_address: "127.0.0.1",
      },
    });
    expect(event?.data.duration_ms).toBeGreaterThan(0);
  });

  it("emits api.error with type, message and stack of what was thrown, after its api.latency [BUS-07]", async () => {
    const url = await start();
    expect((await fetch(`${url}/boom`)).status).toBe(500);
    const [latency, error] = await published(2);
    expect(latency).toMatchObject({ type: "api.latency", data: { status: 500, endpoint: "/boom" } });
    expect(error).toMatchObject({
      type: "api.error",
      correlationId: latency?.correlationId,
      data: { status: 500, endpoint: "/boom", error_type: "TypeError", message: "kaputt", method: "GET" },
    });
    expect(error?.data.stack_trace).toMatch(/^TypeError: kaputt\n +at /);
  });

  it("emits api.error for an answer of 5xx that nobody threw [BUS-07]", async () => {
    const url = await start();
    await fetch(`${url}/down`);
    const [, error] = await published(2);
    expect(error).toMatchObject({ type: "api.error", data: { status: 503, message: "answered 503" } });
  });

  it("emits no api.error for an error that tells the caller what to do better", async () => {
    const url = await start();
    expect((await fetch(`${url}/refused`)).status).toBe(422);
    expect(await published(1)).toMatchObject([{ type: "api.latency", data: { status: 422 } }]);
  });

  it("names a mounted router's whole pattern, and no endpoint where there was no route", async () => {
    const url = await start();
    await fetch(`${url}/tenants/acme/devices/7`);
    expect(await published(1)).toMatchObject([{ data: { endpoint: "/tenants/:tenant/devices/:device" } }]);
    await fetch(`${url}/nowhere`);
    const [unmatched] = await published(1);
    expect(unmatched?.data).toMatchObject({ status: 404 });
    expect(unmatched?.data).not.toHaveProperty("endpoint");
  });

  it("ties events to traceparent, or to an id that the application finds in the header", async () => {
    const url = await start();
    const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    const traced = { headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` } };
    await fetch(`${url}/models/1`, traced);
    expect(await published(1)).toMatchObject([{ correlationId: trace }]);
    const given = await (await fetch(`${url}/models/1`)).text();
    expect(given).toMatch(/^[0-9a-f-]{36}$/);
    expect(await published(1)).toMatchObject([{ correlationId: given }]);
  });

  it("measures a streamed answer once, to its end", async () => {
    const url = await start();
    const answer = await fetch(`${url}/stream`);
    expect((await answer.text()).length).toBe(20 * 1_000);
    const [event] = await published(1);
    expect(event?.data).toMatchObject({ status: 200, endpoint: "/stream" });
    expect(event?.data).not.toHaveProperty("aborted");
  });

  it.each([
    ["/silent", 499],
    ["/endless", 200],
  ])("measures %s once when the client goes, as aborted", async (path, status) => {
    const arrived = Promise.withResolvers<void>();
    const ignore = () => {
      arrived.resolve();
      return false;
    };
    const asked = request((await start({ ignore })) + path);
    asked.on("error", () => undefined);
    asked.end();
    await (path === "/endless" ? once(asked, "response") : arrived.promise);
    asked.destroy();
    expect(await published(1)).toMatchObject([
      { type: "api.latency", data: { status, endpoint: path, aborted: true } },
    ]);
  });

  it("leaves out what it was told to: routes, and the client's address", async () => {
    const url = await start({ ignore: ["/models/1", "/tenants/*"], clientAddress: false });
    for (const path of ["/models/1", "/tenants/acme/devices/7", "/models/12"]) await fetch(url + path);
    const [event] = await published(1);
    expect(event?.data).toMatchObject({ endpoint: "/models/:id" });
    expect(event?.data).not.toHaveProperty("ip_address");
  });

  it("takes the id from another header, and attributes of the application's", async () => {
    const url = await start({
      correlationHeader: "X-Request-Id",
      attributes: (of) => ({ vendor: (of as { headers: Record<string, string> }).headers["x-vendor"] }),
    });
    await fetch(`${url}/models/1`, { headers: { "x-request-id": "r-7", "x-vendor": "acme" } });
    expect(await published(1)).toMatchObject([{ correlationId: "r-7", data: { vendor: "acme" } }]);
  });

  it("answers as ever when the application's own hooks fail, and tells of it", async () => {
    const failures: string[] = [];
    const url = await start({
      attributes: () => {
        throw new Error("no attributes today");
      },
      onFailure: ({ message }) => {
        failures.push(message);
        throw new Error("nor anybody to tell");
      },
    });
    expect((await fetch(`${url}/models/1`)).status).toBe(200);
    await published(1);
    expect(failures).toEqual(["no attributes today"]);
  });

  it("answers as ever when the publisher takes nothing", async () => {
    const failures: string[] = [];
    const closed = {
      publish: () => {
        throw new Error("the publisher is closed");
      },
    };
    server = await startServer(closed as never, { onFailure: ({ message }) => failures.push(message) });
    expect((await fetch(`${server.url}/models/1`)).status).toBe(200);
    expect((await fetch(`${server.url}/boom`)).status).toBe(500);
    await expect.poll(() => failures.length).toBe(3);
  });
}
