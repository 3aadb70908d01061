import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type RabbitMqService, startRabbitMq } from "../../apps/local/services/rabbitmq.ts";
import { brokerUrlOf } from "../../layers/broker/broker-url.ts";
import { createBus } from "../../layers/broker/bus.ts";
import { closeQuietly, openConnection } from "../../layers/broker/connection.ts";
import { declareTopology } from "../../layers/broker/declare.ts";
import { createBrokerView } from "../../layers/broker/depths.ts";
import { createPublisher } from "../../layers/broker/publisher/index.ts";
import { createSubscriber } from "../../layers/broker/subscriber/index.ts";
import { topology } from "../../layers/topology/topology.ts";
import { startTelemetry } from "../telemetry.ts";
import { temporaryHome } from "../temporary-home.ts";
import { type Authority, createAuthority } from "./authority.ts";
import { listenOverTls } from "./listener.ts";

// A broker whose certificate is signed by an authority of our own, another authority, and another name.

let home: string;
let rabbitMq: RabbitMqService;
let authority: Authority;
let caFile: string;
let otherCaFile: string;
let url: string;
let closers: (() => Promise<unknown>)[] = [];

const trusting = (file: string, RABBITMQ_URL = url) => brokerUrlOf({ RABBITMQ_URL, RABBITMQ_CA_FILE: file });

beforeAll(async () => {
  home = await temporaryHome();
  rabbitMq = await startRabbitMq({ home });
  authority = await createAuthority("ours");
  const other = await createAuthority("another");
  caFile = join(home, "ca.pem");
  otherCaFile = join(home, "other-ca.pem");
  await writeFile(caFile, authority.certificate);
  await writeFile(otherCaFile, other.certificate);
  url = await listenOverTls(rabbitMq, await authority.issue(["localhost"]), home);
  const connection = await openConnection({ url: trusting(caFile), name: "test" });
  await declareTopology(connection, topology());
  await closeQuietly(connection);
});

afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
});

afterAll(async () => {
  await rabbitMq.kill("SIGKILL");
  await rm(home, { recursive: true, force: true });
});

async function refusalOf(brokerUrl: string): Promise<string> {
  return openConnection({ url: brokerUrl, name: "test" }).then(
    async (connection) => {
      await closeQuietly(connection);
      return "connected";
    },
    (error: Error) => error.message,
  );
}

describe("over amqps://", () => {
  it("the publisher library publishes and the subscriber gets it [BUS-18]", async () => {
    const got: string[] = [];
    const subscriber = createSubscriber({
      url: trusting(caFile),
      queue: "tls-subscriber",
      patterns: ["order.*"],
      handler: ({ id }) => void got.push(id),
    });
    closers.push(() => subscriber.close());
    await subscriber.ready();
    const publisher = createPublisher({ url: trusting(caFile), source: "/test" });
    closers.push(() => publisher.close());
    await publisher.publish("order.placed", {}, { id: "one", critical: true });
    await expect.poll(() => got).toEqual(["one"]);
    expect(await publisher.check()).toBeGreaterThan(0);
  });

  it("the bus of the functions publishes, and depths are seen [BUS-18]", async () => {
    const bus = createBus({ url: async () => trusting(caFile), name: "test" });
    const view = createBrokerView({ url: trusting(caFile), name: "test" });
    closers.push(bus.close, view.close);
    await bus.publish([
      {
        ...{ exchange: "logs.events", routingKey: "log.entry", body: Buffer.from("{}") },
        properties: { persistent: true, mandatory: true },
      },
    ]);
    const depths = await view.depths(topology());
    expect(depths.find(({ queue }) => queue === "logs.entries")?.ready).toBe(1);
  });

  it("the command line takes user, password and authorities from the environment [BUS-18]", async () => {
    const { username, password, host } = new URL(url);
    const subscription = startTelemetry(["subscribe", "order.*", "--queue", "cli-over-tls"], {
      env: {
        RABBITMQ_URL: `amqps://${host}/%2F`,
        RABBITMQ_USER: username,
        RABBITMQ_PASS: decodeURIComponent(password),
        RABBITMQ_CA_FILE: caFile,
      },
    });
    closers.push(() => subscription.ended);
    closers.push(async () => subscription.signal("SIGKILL"));
    await subscription.wrote("cli-over-tls takes");
    const publisher = createPublisher({ url: trusting(caFile), source: "/test" });
    closers.push(() => publisher.close());
    await publisher.publish("order.placed", {}, { id: "for-the-cli", critical: true });
    await subscription.wrote("for-the-cli");
  });
});

describe("a connection over amqps:// is refused", () => {
  it("if nobody vouches for the certificate, or somebody else [BUS-18]", async () => {
    expect(await refusalOf(url)).toMatch(/unable to verify|self.signed|unable to get local issuer/i);
    expect(await refusalOf(trusting(otherCaFile))).toMatch(
      /unable to verify|unable to get local issuer|signature/i,
    );
  });

  it("if the certificate is another host's [BUS-18]", async () => {
    const elsewhere = await listenOverTls(rabbitMq, await authority.issue(["mq.example.com"]), home);
    expect(await refusalOf(trusting(caFile, elsewhere))).toMatch(/does not match certificate's altnames/);
  });

  it("whatever the URL says of verification [BUS-18]", async () => {
    expect(await refusalOf(`${url}?verify=verify_none&rejectUnauthorized=false`)).toMatch(/verify|issuer/);
  });

  it("if there is no such file of authorities, or no encryption that it would be for [BUS-18]", async () => {
    expect(await refusalOf(trusting(join(home, "none.pem")))).toContain("none.pem");
    expect(await refusalOf(trusting(caFile, rabbitMq.url))).toContain("cacertfile goes with amqps://");
  });
});
