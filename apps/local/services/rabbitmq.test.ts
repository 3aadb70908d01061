import { readFile, rename, rm, stat } from "node:fs/promises";
import { connect as connectSocket } from "node:net";
import { join } from "node:path";
import { connect } from "amqplib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { temporaryHome } from "../../../test/temporary-home.ts";
import { persistDeclarations } from "./persist-declarations.ts";
import { processTree } from "./process-table.ts";
import { type RabbitMqService, startRabbitMq } from "./rabbitmq.ts";

let home: string;
let broker: RabbitMqService;
const quorum = { durable: true, arguments: { "x-queue-type": "quorum" } };

beforeAll(async () => {
  home = await temporaryHome();
  broker = await startRabbitMq({ home });
});
afterAll(async () => {
  await broker.stop();
  await rm(home, { recursive: true });
});

/** The address that listens on every interface has, and one that listens on 127.0.0.1 has not. */
function acceptsElsewhere(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket(port, "127.0.0.2", () => resolve(true));
    socket.once("connect", () => socket.destroy()).once("error", () => resolve(false));
  });
}

it("listens on loopback only, on ports of its own", async () => {
  const ports: Record<string, number> = JSON.parse(await readFile(join(home, "rabbitmq/ports.json"), "utf8"));
  expect(Object.keys(ports).sort()).toEqual(["amqp", "distribution", "epmd", "management"]);
  for (const port of Object.values(ports)) expect(await acceptsElsewhere(port)).toBe(false);
});

it("lets in nobody without the password, which only its owner can read", async () => {
  const file = join(home, "rabbitmq/password");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const { port } = new URL(broker.url);
  await expect(connect(`amqp://guest:guest@127.0.0.1:${port}`)).rejects.toThrow("ACCESS_REFUSED");
});

it("obeys rabbitmqctl", async () => {
  expect(await broker.rabbitmqctl(["list_users", "--no-table-headers"])).toMatch(
    /^telemetry\t\[administrator\]$/m,
  );
}, 60_000);

it("answers nobody while it is frozen, and goes on when it is thawed", async () => {
  await broker.kill("SIGSTOP");
  await expect(connect(broker.url, { timeout: 200 })).rejects.toThrow("ETIMEDOUT");
  await broker.kill("SIGCONT");
  await (await connect(broker.url)).close();
});

it("keeps a confirmed message, its address and its password over a kill -9", async () => {
  const before = await connect(broker.url);
  before.on("error", () => {});
  const publisher = await before.createConfirmChannel();
  publisher.on("error", () => {});
  await publisher.assertQueue("kept", quorum);
  await persistDeclarations(broker);
  publisher.sendToQueue("kept", Buffer.from("precious"), { persistent: true });
  await publisher.waitForConfirms();
  const { url } = broker;
  await broker.kill("SIGKILL");

  broker = await startRabbitMq({ home });

  expect(broker.url).toBe(url);
  const after = await connect(broker.url);
  const message = await (await after.createChannel()).get("kept", { noAck: true });
  expect(message && String(message.content)).toBe("precious");
  await after.close();
}, 60_000);

it("keeps what its queues hold when its home is moved", async () => {
  const before = await connect(broker.url);
  const publisher = await before.createConfirmChannel();
  await publisher.assertQueue("moved", quorum);
  publisher.sendToQueue("moved", Buffer.from("precious"), { persistent: true });
  await publisher.waitForConfirms();
  await before.close();
  await broker.stop();
  broker = await startRabbitMq({ home }); // Once more: now the message has left the log that all queues share.
  await broker.stop();
  const elsewhere = await temporaryHome();
  await rename(home, elsewhere);
  home = elsewhere;

  broker = await startRabbitMq({ home });

  const after = await connect(broker.url);
  const message = await (await after.createChannel()).get("moved", { noAck: true });
  expect(message && String(message.content)).toBe("precious");
  await after.close();
}, 60_000);

it("leaves no process when it is stopped, its port mapper included", async () => {
  const running = processTree(process.pid).length;
  expect(running).toBeGreaterThan(2);
  await broker.stop();
  expect(processTree(process.pid)).toHaveLength(1);
});

it("refuses rabbitmqctl when it is down, since that would start a port mapper", async () => {
  await expect(broker.rabbitmqctl(["status"])).rejects.toThrow("rabbitmqctl status: the broker does not run");
});
