import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeRunFile } from "../../apps/local/run-file.ts";
import { openConnection } from "../../layers/broker/connection.ts";
import { eventMessage } from "../../layers/broker/message.ts";
import { formatTime, microsOf } from "../../layers/core/time.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { telemetry } from "../telemetry.ts";
import { temporaryHome } from "../temporary-home.ts";

// Each trouble of the guide is caused, and what the guide says one sees is what one sees.

const guide = await readFile(new URL("../../docs/troubleshooting.md", import.meta.url), "utf8");

let folder: string;

beforeAll(async () => {
  folder = await temporaryHome();
});

afterAll(() => rm(folder, { recursive: true }));

/** Lines of the guide in which numbers and addresses are other ones each time. */
const general = (text: string) => text.replace(/\d[\d.:]*/g, "0");

/** What the guide shows of an article, line by line. */
function shownIn(article: string): string[] {
  const [, rest = ""] = guide.split(`\n## ${article}\n`);
  const [text = ""] = rest.split("\n## ");
  const shown = text.split("\n").filter((line) => /^ {4}( {4})?[✗→ ]/.test(line));
  return shown.map((line) => general(line.slice(4)));
}

async function doctorOn(platform: Platform, amqpUrl = platform.amqpUrl): Promise<string> {
  const home = join(folder, crypto.randomUUID());
  await mkdir(home);
  const { url, databaseUrl, apiKey } = platform;
  await writeRunFile(home, { url, amqpUrl, databaseUrl, pid: process.pid });
  await writeFile(join(home, "api-key"), `${apiKey}\n`);
  return general((await telemetry(["doctor"], { env: { TELEMETRY_HOME: home } })).out);
}

const query = (i: number) =>
  eventMessage({
    ...{ specversion: "1.0", id: `q-${i}`, source: "/guide", type: "model.queried", correlation_id: "guide" },
    ...{ time: formatTime(microsOf(Date.now() - 5_000)), data: { model_id: "m" } },
  });

describe("the troubleshooting guide", () => {
  it("shows how a broker is seen that cannot be reached [EVT-10]", async () => {
    const platform = await startPlatform();
    const out = await doctorOn(platform, "amqp://127.0.0.1:1");
    await platform.stop();
    const shown = shownIn("Connection refused");
    expect(shown).toHaveLength(2);
    for (const line of shown) expect(out).toContain(line);
  });

  it("shows how a queue is seen that nobody consumes [EVT-10]", async () => {
    const platform = await startPlatform({ consume: false });
    const out = await doctorOn(platform);
    await platform.stop();
    const [what = "", todo] = shownIn("Nothing is consumed");
    expect(out).toContain(what.replace(/metrics\.updates.*/, ""));
    expect(out).toContain("metrics.updates (0 ready, 0 consumers)");
    expect(out).toContain(todo);
  });

  it("shows how a consumer is seen that does not keep up [EVT-10]", async () => {
    const platform = await startPlatform({ consume: false });
    const { bus } = platform.runtime.dependencies;
    await bus.publish(Array.from({ length: 1_500 }, (_, i) => query(i)));
    const slow = await slowConsumer(platform);
    const out = await doctorOn(platform);
    await slow.stop();
    await platform.stop();
    const [what = "", todo] = shownIn("High latency");
    expect(out).toMatch(/latency: (p0 0 ms from an event's time|no events within the hour); behind: /);
    expect(what).toMatch(/latency: .*; behind: metrics\.updates \(0 ready\)/);
    expect(out).toContain("metrics.updates (0 ready)");
    expect(out).toContain(todo);
  });

  it("names only commands that there are, with what they take [EVT-10]", async () => {
    const commands = [...guide.matchAll(/^ *telemetry (\S+)(.*)$/gm)].map(([, verb = "", rest = ""]) => [
      verb,
      rest,
    ]);
    expect(commands.length).toBeGreaterThan(4);
    for (const [verb = "", rest = ""] of commands) {
      const sub = /^ [a-z]/.test(rest) && verb === "dead-letters" ? rest.trim().split(" ").slice(0, 1) : [];
      expect(await telemetry([verb, ...sub, "--help"]), `telemetry ${verb}${rest}`).toMatchObject({
        code: 0,
        out: expect.stringContaining(["Usage: telemetry", verb, ...sub].join(" ")),
      });
    }
  });
});

/** Holds one message in its hands and takes no other: to the broker a consumer, and the queue stays deep. */
async function slowConsumer({ amqpUrl }: Platform): Promise<{ stop(): Promise<void> }> {
  const connection = await openConnection({ url: amqpUrl, name: "slow consumer" });
  const channel = await connection.createChannel();
  await channel.prefetch(1);
  await channel.consume("metrics.updates", () => undefined);
  return {
    async stop() {
      await connection.close();
    },
  };
}
