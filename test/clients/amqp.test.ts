import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { unpackDebianPackages } from "../../apps/local/services/debian-packages.ts";
import { madeOnce } from "../../apps/local/services/made-once.ts";
import { defaultCacheDir } from "../../apps/local/services/rabbitmq-installation.ts";
import { runCommand } from "../../apps/local/services/run-command.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { entriesOf, eventsOf } from "./find.ts";

// Programs that know AMQP and nothing of this platform: they publish onto the exchanges as they are.

let platform: Platform;
let programs: string;

beforeAll(async () => {
  [platform, programs] = await Promise.all([startPlatform(), debianPrograms()]);
}, 240_000);

afterAll(async () => {
  await platform.stop();
});

/** amqp-publish and pika of the distribution, unpacked into the cache on the first run. */
async function debianPrograms(): Promise<string> {
  const release = (await readFile("/etc/os-release", "utf8")).match(/^VERSION_CODENAME=(\w+)/m)?.[1] ?? "any";
  const place = join(defaultCacheDir(), `amqp-clients-${release}-${process.arch}`);
  return madeOnce(place, async (folder) => {
    const progress = () => undefined;
    const tools = /^(amqp-tools|librabbitmq4|libpopt0)$/;
    await unpackDebianPackages({ name: "amqp-tools", always: tools, folder, progress });
    return unpackDebianPackages({ name: "python3-pika", always: /^python3-pika$/, folder, progress });
  });
}

const event = (given: object) =>
  JSON.stringify({
    specversion: "1.0",
    id: crypto.randomUUID(),
    source: "/foreign/program",
    time: new Date().toISOString(),
    datacontenttype: "application/json",
    ...given,
  });

it("takes what Debian's amqp-publish puts onto an exchange [BUS-03, EVT-01]", async () => {
  const libraries = `${programs}/usr/lib/x86_64-linux-gnu:${programs}/usr/lib/aarch64-linux-gnu`;
  const publish = (exchange: string, key: string, body: string) =>
    runCommand(
      join(programs, "usr/bin/amqp-publish"),
      [
        `--url=${platform.amqpUrl}`,
        `--exchange=${exchange}`,
        `--routing-key=${key}`,
        "--persistent",
        `--body=${body}`,
      ],
      { env: { LD_LIBRARY_PATH: libraries } },
    );
  const data = { model_id: "gpt-x", vendor: "acme" };
  const type = "model.registered";
  await publish("models.events", type, event({ type, correlation_id: "amqp-1", data }));
  expect(await eventsOf(platform, "amqp-1", 1)).toMatchObject([{ type, source: "/foreign/program", data }]);
  const line = {
    type: "log.warning",
    correlation_id: "amqp-1",
    data: { message: "from afar", service: "amqp" },
  };
  await publish("logs.events", line.type, event(line));
  expect(await entriesOf(platform, "amqp", 1)).toMatchObject([{ level: "warn", message: "from afar" }]);
});

const pikaProgram = `
import os, pika
connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
channel = connection.channel()
channel.confirm_delivery()
properties = pika.BasicProperties(content_type="application/cloudevents+json", delivery_mode=2, headers={"n": 1})
for line in os.environ["EVENTS"].split("\\n"):
    exchange, key, body = line.split(" ", 2)
    channel.basic_publish(exchange=exchange, routing_key=key, body=body.encode(), properties=properties, mandatory=True)
connection.close()
`;

it("takes what Python's pika puts onto an exchange [BUS-03, EVT-01]", async () => {
  const lines = [
    `domain.events fireflies.transcript.ready ${event({ type: "fireflies.transcript.ready", correlation_id: "pika-1", data: { n: 1 } })}`,
    `errors.events api.error ${event({ type: "api.error", correlation_id: "pika-1", source: "pika", data: { message: "boom" } })}`,
  ];
  await runCommand("/usr/bin/env", ["python3", "-c", pikaProgram], {
    env: {
      PATH: process.env.PATH,
      PYTHONPATH: join(programs, "usr/lib/python3/dist-packages"),
      AMQP_URL: platform.amqpUrl,
      EVENTS: lines.join("\n"),
    },
  });
  const events = await eventsOf(platform, "pika-1", 2);
  expect(events.map(({ type }) => type).sort()).toEqual(["api.error", "fireflies.transcript.ready"]);
  expect(await entriesOf(platform, "pika", 1)).toMatchObject([{ level: "error", message: "boom" }]);
});
