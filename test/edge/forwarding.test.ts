import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EdgeAgent, type EdgeOptions, startEdge } from "./agent.ts";
import { refusal, type Sink, startSink } from "./sink.ts";

let sink: Sink;
let agent: EdgeAgent | undefined;

beforeEach(async () => {
  sink = await startSink();
});

afterEach(async () => {
  await agent?.discard();
  agent = undefined;
  await sink.close();
});

async function edge(options: Partial<EdgeOptions> = {}): Promise<EdgeAgent> {
  agent = await startEdge({ url: sink.url, ...options });
  return agent;
}

const messages = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `entry ${from + i}`);

/** Sends them in one request. */
async function send(to: EdgeAgent, texts: readonly string[]): Promise<void> {
  const { status } = await to.post(
    "/v1/logs",
    texts.map((message) => ({ service: "s", message })),
  );
  expect(status).toBe(202);
}

const lane = (of: EdgeAgent) => of.status().lanes.logs;
const arrived = (texts: readonly string[]) =>
  expect.poll(() => sink.messages.toSorted()).toEqual([...texts].toSorted());

describe("batches", () => {
  it("go compressed, with the key, by count", async () => {
    const to = await edge({ config: { forward: { batch: { max_entries: 100, max_age: "1m" } } } });
    await send(to, messages(250));
    await arrived(messages(200));
    expect(sink.asked.map(({ headers }) => headers["content-encoding"])).toEqual(["gzip", "gzip"]);
    expect(sink.asked[0]?.headers["x-api-key"]).toBe("key_of.nobody-in-particular");
    await expect.poll(() => lane(to)).toMatchObject({ waiting: 50, sent: 200, batches: 2 });
  });

  it("go by size", async () => {
    const to = await edge({ config: { forward: { batch: { max_size: "10KB", max_age: "1m" } } } });
    await send(
      to,
      messages(20).map((text) => text.padEnd(1_000)),
    );
    await expect.poll(() => sink.asked.length).toBeGreaterThanOrEqual(2);
    for (const { body } of sink.asked) expect(JSON.stringify(body).length).toBeLessThanOrEqual(10_000);
  });

  it("go by age", async () => {
    const to = await edge();
    await send(to, messages(3));
    await arrived(messages(3));
    await expect.poll(() => lane(to)).toMatchObject({ waiting: 0, sent: 3 });
  });

  it("go several at a time, and no more than that", async () => {
    let now = 0;
    let most = 0;
    const gate = Promise.withResolvers<void>();
    sink.reply = async () => {
      most = Math.max(most, ++now);
      await gate.promise;
      now--;
      return undefined;
    };
    const to = await edge({ config: { forward: { batch: { max_entries: 10 }, in_flight: 3 } } });
    await send(to, messages(100));
    await expect.poll(() => most).toBe(3);
    expect(lane(to)).toMatchObject({ waiting: 100, in_flight: 3 });
    gate.resolve();
    await arrived(messages(100));
    expect(most).toBe(3);
  });
});

describe("a platform in trouble", () => {
  it.each([
    ["is away", "silence"],
    ["answers 500", refusal(500)],
    ["answers 503", refusal(503, { "retry-after": "0" })],
    ["answers 429", refusal(429, { "retry-after": "0" })],
    ["takes the key no more", refusal(401)],
    ["forbids it", refusal(403)],
    ["is not there", refusal(404)],
    ["is behind a captive portal", { status: 200, body: "<html>Please sign in</html>" }],
    ["is another server that answers 400", { status: 400, body: "Bad Request" }],
    ["is behind a proxy to which all is too large", { status: 413, body: "Request Entity Too Large" }],
    ["has moved", { status: 302, headers: { location: "http://127.0.0.1:1/" } }],
  ] as const)("that %s gets everything once it is well again [EDGE-04]", async (_, reply) => {
    let isWell = false;
    sink.reply = () => (isWell ? undefined : reply);
    const to = await edge({ config: { forward: { batch: { max_entries: 20 } } } });
    await send(to, messages(100));
    await expect.poll(() => lane(to)?.failed_attempts).toBeGreaterThan(8);
    expect(lane(to)).toMatchObject({ waiting: 100, sent: 0, rejected: 0, last_error: expect.any(String) });
    isWell = true;
    await arrived(messages(100));
    await expect.poll(() => lane(to)).toMatchObject({ waiting: 0, sent: 100, last_error: undefined });
  });

  it("that is slow is not waited for for ever [EDGE-04]", async () => {
    sink.reply = (_, index) => (index === 0 ? new Promise(() => {}) : undefined);
    const to = await edge({ config: { forward: { timeout: "200ms" } } });
    await send(to, messages(5));
    await arrived(messages(5));
    expect(lane(to)).toMatchObject({ failed_attempts: 1 });
  });

  it("that says when to come back is not asked before [EDGE-04]", async () => {
    const times: number[] = [];
    sink.reply = (_, index) => {
      times.push(performance.now());
      return index === 0 ? refusal(429, { "retry-after": "1" }) : undefined;
    };
    await send(await edge(), messages(5));
    await arrived(messages(5));
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(950);
  });

  it("that stored a batch and whose answer is lost is sent the same again, under the same key [EDGE-10]", async () => {
    sink.reply = (_, index) => (index < 3 ? "silence" : undefined);
    await send(await edge(), messages(5));
    await arrived(messages(5));
    const keys = sink.asked.map(({ headers }) => headers["idempotency-key"]);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[\w-]{22}\.logs\.0-4$/);
    expect(new Set(sink.asked.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });
});

it("waits for a batch that never passes before its own notes of those beyond it are overwritten [EDGE-10]", async () => {
  let isWell = false;
  sink.reply = ({ body }) =>
    !isWell && JSON.stringify(body).includes('"entry 0"') ? refusal(500) : undefined;
  const to = await edge({ config: { forward: { batch: { max_entries: 1 } } } });
  await send(to, messages(1_100));
  await expect.poll(() => sink.messages.length, { timeout: 20_000 }).toBe(1_023);
  const failures = lane(to)?.failed_attempts ?? 0;
  await expect.poll(() => lane(to)?.failed_attempts).toBeGreaterThan(failures + 2);
  expect(sink.messages.length).toBe(1_023);
  isWell = true;
  await expect.poll(() => new Set(sink.messages).size).toBe(1_100);
});

describe("what is repeated after a restart", () => {
  it("is the same batches under the same keys, whatever came meanwhile [EDGE-10]", async () => {
    sink.reply = () => "silence";
    const first = await edge({ config: { forward: { batch: { max_entries: 7 } } } });
    await send(first, messages(24));
    const bodies = () =>
      new Map(sink.asked.map(({ headers, body }) => [`${headers["idempotency-key"]}`, JSON.stringify(body)]));
    await expect.poll(() => bodies().size).toBe(4);
    const before = bodies();
    await send(first, messages(10, 24));
    await first.stop();
    sink.asked.length = 0;
    sink.reply = () => undefined;
    // Other limits, too: what was sent once is never cut in another way.
    await edge({ directory: first.directory, config: { forward: { batch: { max_entries: 1_000 } } } });
    await arrived(messages(34));
    const after = bodies();
    for (const [key, body] of before) expect(after.get(key), key).toBe(body);
  });
});

describe("what the platform refuses", () => {
  const rejected = async ({ directory }: EdgeAgent) =>
    (await readFile(join(directory, "rejected/logs.jsonl"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));

  it("for good is kept in a file with the reason, and does not hold up what follows [EDGE-04]", async () => {
    sink.reply = ({ body }) => (JSON.stringify(body).includes("entry 0") ? refusal(422) : undefined);
    const to = await edge({ config: { forward: { batch: { max_entries: 2 } } } });
    await send(to, messages(4));
    await arrived(messages(2, 2));
    await expect.poll(() => lane(to)).toMatchObject({ waiting: 0, sent: 2, rejected: 2 });
    expect(await rejected(to)).toEqual([
      {
        at: expect.any(String),
        reason: "answered 422: answered 422",
        entry: expect.objectContaining({ message: "entry 0" }),
      },
      {
        at: expect.any(String),
        reason: "answered 422: answered 422",
        entry: expect.objectContaining({ message: "entry 1" }),
      },
    ]);
  });

  it("for its size alone is kept there with the platform's words [EDGE-04]", async () => {
    sink.reply = ({ body }) => (JSON.stringify(body).includes("entry 1") ? refusal(413) : undefined);
    const to = await edge();
    await send(to, messages(4));
    await arrived(["entry 0", "entry 2", "entry 3"]);
    await expect.poll(() => lane(to)).toMatchObject({ waiting: 0, sent: 3, rejected: 1 });
    expect(await rejected(to)).toMatchObject([
      { reason: "answered 413: answered 413", entry: { message: "entry 1" } },
    ]);
  });

  it("of a batch alone is kept there, and the rest is sent", async () => {
    sink.reply = () => ({
      status: 202,
      body: {
        ...{ success: false, ingested_count: 2, failed_count: 1, total_count: 3 },
        errors: [
          { index: 1, path: "timestamp", message: "too old" },
          { index: 1, path: "level", message: "strange" },
        ],
      },
    });
    const to = await edge();
    await send(to, messages(3));
    await expect.poll(() => lane(to)).toMatchObject({ waiting: 0, sent: 2, rejected: 1 });
    const [only, ...others] = await rejected(to);
    expect([only.reason, only.entry.message, others]).toEqual([
      "timestamp: too old; level: strange",
      "entry 1",
      [],
    ]);
  });

  it("as too much at once is sent in parts, under keys that stay the same, too", async () => {
    sink.reply = ({ body }) => ((body as unknown[]).length > 3 ? refusal(413) : undefined);
    const to = await edge();
    await send(to, messages(10));
    await arrived(messages(10));
    const keys = sink.asked.map(({ headers }) => String(headers["idempotency-key"]).replace(/^.*\.0-9/, ""));
    expect(keys).toEqual(["", ".0", ".0.0", ".0.1", ".1", ".1.0", ".1.1"]);
    await expect.poll(() => lane(to)).toMatchObject({ sent: 10, rejected: 0 });
  });
});

it("finishes what is on its way when it is stopped, and keeps the rest", async () => {
  const gate = Promise.withResolvers<void>();
  sink.reply = async () => {
    await gate.promise;
    return undefined;
  };
  const to = await edge({ config: { forward: { batch: { max_entries: 10 }, in_flight: 2 } } });
  await send(to, messages(50));
  await expect.poll(() => sink.asked.length).toBe(2);
  const stopped = to.stop();
  gate.resolve();
  await stopped;
  expect(sink.messages.toSorted()).toEqual(messages(20).toSorted());
  await edge({ directory: to.directory });
  await arrived(messages(50));
});

it("keeps what waits when sizes and the address of the platform change, and takes up another version's buffer", async () => {
  const away = await edge({ url: "http://127.0.0.1:1", config: { buffer: { max_size: "50MB" } } });
  await send(away, messages(100));
  await away.stop();
  const config = {
    buffer: { max_size: "1MB", max_age: "60d" },
    forward: { batch: { max_entries: 3 }, in_flight: 9 },
  };
  const to = await edge({ directory: away.directory, config });
  await arrived(messages(100));
  expect(lane(to)).toMatchObject({ dropped: { max_age: 0, max_size: 0, damaged: 0 } });
});
