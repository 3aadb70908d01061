import { type ChannelModel, type ConfirmChannel, connect } from "amqplib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Platform, type Problem, startPlatform } from "../platform.ts";
import { at } from "../points.ts";
import { type Ended, telemetry as runTelemetry } from "../telemetry.ts";

let platform: Platform;
let broker: ChannelModel;
let channel: ConfirmChannel;

interface Letter {
  id: string;
  state: string;
  queue: string;
  type: string | null;
  error: { type: string; code: string; message: string; stack?: string };
  attempt_count: number;
  attempts?: { at: string; error: string; message: string }[];
  event?: unknown;
  body_base64?: string;
  last_died_at: string;
  replays: number;
  note: string | null;
}

interface Replayed {
  as_of: string;
  replayed: number;
  remaining: number;
  groups: { queue: string; type: string | null; count: number }[];
  refused: { queue: string; count: number }[];
  not_dead: number;
}

beforeAll(async () => {
  platform = await startPlatform();
  broker = await connect(platform.amqpUrl);
  channel = await broker.createConfirmChannel();
});

afterAll(async () => {
  await broker.close();
  await platform.stop();
});

/** Each test's own, by which it finds what it sent. */
let correlationId: string;

beforeEach(() => {
  correlationId = crypto.randomUUID();
});

const DAY = 86_400_000;

const eventOf = (id: string, given: object = {}) => ({
  ...{ specversion: "1.0", id, source: "/test", type: "filter.executed" },
  ...{ time: at(Date.now()), correlation_id: correlationId, data: {} },
  ...given,
});

/** To one queue alone, past every door, as any publisher on AMQP could. */
async function put(
  queue: string,
  body: string | object,
  given: { headers?: object; messageId?: string } = {},
) {
  const content = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  channel.publish("retry.return", queue, content, { persistent: true, correlationId, ...given });
  await channel.waitForConfirms();
}

const list = async (query = ""): Promise<Letter[]> => {
  const path = `/api/v1/dead-letters?correlation_id=${correlationId}${query}`;
  return (await platform.get<{ dead_letters: Letter[] }>(path)).body.dead_letters;
};

/** Those of this test, once there are so many. */
async function dead(count: number): Promise<Letter[]> {
  await expect.poll(() => list("&state=dead"), { timeout: 10_000 }).toHaveLength(count);
  return list("&state=dead");
}

const show = async (id: string) => (await platform.get<Letter>(`/api/v1/dead-letters/${id}`)).body;

const replay = (body: object) => platform.post<Replayed>("/api/v1/dead-letters/replay", body);

/** Of last week: the inbox cannot tell whether it was counted before. Replayed, it can be. */
const tooOld = (id: string) => eventOf(id, { time: at(Date.now() - 7 * DAY) });

/** Counted over all time, since these are old. */
const everCounted = async (): Promise<number> => {
  const range = `start_time=${at(Date.now() - 30 * DAY)}&end_time=${at(Date.now() + DAY)}`;
  return (await platform.get<{ events: { total: number } }>(`/metrics?${range}`)).body.events.total;
};

describe("a poisoned message", () => {
  it("becomes a dead letter with its event, its queue, every attempt with its time, error and stack [BUS-11]", async () => {
    const attempts = [
      { at: "2026-07-07T12:00:00Z", error: "TransientError", message: "not yet" },
      { at: "2026-07-07T12:00:01Z", error: "TransientError", message: "not yet" },
    ];
    const event = eventOf("poison", { type: "model.registered", data: { model_id: "m" } });
    const headers = { "x-attempt": 2, "x-attempts": JSON.stringify(attempts) };
    const before = Date.now();
    await put("metrics.updates", event, { headers });
    const [found] = await dead(1);
    expect(found).toMatchObject({
      ...{ queue: "metrics.updates", type: "model.registered", attempt_count: 3, state: "dead" },
      error: { type: "PermanentError", code: "invalid_payload", message: expect.stringContaining("vendor") },
    });
    const letter = await show(found?.id ?? "");
    expect(letter.event).toEqual(event);
    expect(letter.attempts?.slice(0, 2)).toEqual(attempts);
    expect(letter.attempts?.[2]?.message).toContain("vendor");
    expect(Date.parse(letter.attempts?.[2]?.at ?? "")).toBeGreaterThanOrEqual(before);
    expect(letter.error.stack).toMatch(/PermanentError: .*vendor[\s\S]*at .*\.ts:\d+/);
  });

  it("is kept to the byte, whatever it is", async () => {
    const body = Buffer.from([0xff, 0x00, 0x7b]);
    channel.publish("retry.return", "audit.trail", body, { correlationId, messageId: "garbage" });
    await channel.waitForConfirms();
    const [found] = await dead(1);
    expect(await show(found?.id ?? "")).toMatchObject({
      ...{ queue: "audit.trail", event: null, body_base64: body.toString("base64") },
      error: { code: "undecodable" },
    });
  });

  it("becomes one also if its own headers and properties leave no room for ours [BUS-09]", async () => {
    await put("metrics.updates", "{", { headers: { big: "h".repeat(65_400) }, messageId: "big" });
    const forged = JSON.stringify(Array(500).fill({ at: at(0), error: "E", message: "m".repeat(20) }));
    await put("metrics.updates", "{", { headers: { "x-attempts": forged }, messageId: "forged" });
    const letters = await dead(2);
    expect(letters.map(({ attempt_count }) => attempt_count).sort()).toEqual([1, 4]);
  });

  it("is one dead letter, however often it comes", async () => {
    for (const times of [1, 2, 3]) {
      await put("metrics.updates", "{", { messageId: "again" });
      await expect.poll(async () => (await list())[0]?.attempt_count, { timeout: 10_000 }).toBe(times);
    }
    expect(await list()).toHaveLength(1);
  });

  it("is counted in the detailed health", async () => {
    const count = async () =>
      (await platform.get<{ dead_letters: number }>("/health/detailed")).body.dead_letters;
    const before = await count();
    await put("metrics.updates", "{");
    await dead(1);
    expect(await count()).toBe(before + 1);
  });
});

describe("the API", () => {
  it("lists by filter and page, and refuses what it does not know [BUS-12]", async () => {
    await put("metrics.updates", eventOf("a", { type: "model.registered" }));
    await put("audit.trail", "{", { messageId: "b" });
    await dead(2);
    expect(await list("&queue=metrics.updates")).toMatchObject([{ type: "model.registered" }]);
    expect(await list("&error_code=undecodable&type=model.registered")).toEqual([]);
    expect(await list(`&start_time=${at(Date.now() + DAY)}`)).toEqual([]);
    expect(await list("&limit=1&offset=1")).toHaveLength(1);
    expect((await platform.get("/api/v1/dead-letters?colour=red")).status).toBe(400);
    expect((await platform.get("/api/v1/dead-letters/dlt_1")).status).toBe(400);
    expect((await platform.get(`/api/v1/dead-letters/dlt_${"0".repeat(32)}`)).status).toBe(404);
  });

  it("says what a replay would do, replays back to the queue it failed in, and each counts once [BUS-12]", async () => {
    const before = await everCounted();
    for (const id of ["x", "y", "z"]) await put("metrics.updates", tooOld(`${correlationId} ${id}`));
    await dead(3);
    const filter = { correlation_id: correlationId };
    const plan = { queue: "metrics.updates", type: "filter.executed", count: 3 };
    expect((await replay({ filter, dry_run: true })).body).toMatchObject({
      ...{ replayed: 0, remaining: 3, groups: [plan], refused: [] },
    });
    expect(await everCounted()).toBe(before);

    expect((await replay({ filter, limit: 2 })).body).toMatchObject({ replayed: 2, remaining: 1 });
    expect((await replay({ filter })).body).toMatchObject({ replayed: 1, remaining: 0 });
    expect((await replay({ filter })).body).toMatchObject({ replayed: 0, remaining: 0 });
    await expect.poll(everCounted, { timeout: 10_000 }).toBe(before + 3);
    expect(await list()).toMatchObject(Array(3).fill({ state: "replayed", replays: 1, attempt_count: 1 }));
  });

  it("has what fails again dead again, with both attempts", async () => {
    await put("metrics.updates", "{", { messageId: "hopeless" });
    const [letter] = await dead(1);
    const { body } = await replay({ ids: [letter?.id, `dlt_${"0".repeat(32)}`] });
    expect(body).toMatchObject({ replayed: 1, not_dead: 1 });
    await expect.poll(async () => (await list())[0]?.attempt_count, { timeout: 10_000 }).toBe(2);
    expect(await list()).toMatchObject([{ id: letter?.id, state: "dead", replays: 1 }]);
    expect((await replay({ ids: [letter?.id], as_of: body.as_of })).body).toMatchObject({ replayed: 0 });
  });

  it("refuses, by name, to replay into a queue that no longer exists", async () => {
    const headers = { "x-failed-queue": "gone.queue", "x-error-type": "E" };
    channel.publish("dead.letters", "gone.queue", Buffer.from("{"), { correlationId, headers });
    await put("metrics.updates", tooOld(`${correlationId} there`));
    const letters = await dead(2);
    const gone = letters.find(({ queue }) => queue === "gone.queue");
    const refused = await platform.post<Problem>("/api/v1/dead-letters/replay", { ids: [gone?.id] });
    expect(refused.status).toBe(422);
    expect(refused.body.detail).toContain('"gone.queue"');
    const { body } = await replay({ filter: { correlation_id: correlationId } });
    expect(body).toMatchObject({ replayed: 1, refused: [{ queue: "gone.queue", count: 1 }] });
    expect(await dead(1)).toMatchObject([{ id: gone?.id }]);
  });

  it("replays to a subscriber's own queue", async () => {
    const queue = `shop.${correlationId}`;
    await channel.assertQueue(queue, { durable: true });
    await channel.bindQueue(queue, "retry.return", queue);
    const headers = { "x-failed-queue": queue, "x-error-type": "E", own: "header" };
    channel.publish("dead.letters", queue, Buffer.from("{"), { correlationId, headers, messageId: "m" });
    const [letter] = await dead(1);
    expect((await replay({ ids: [letter?.id] })).body).toMatchObject({ replayed: 1, refused: [] });
    const back = await channel.get(queue, { noAck: true });
    if (!back) throw new Error("expected the message to be back");
    expect(back.content.toString()).toBe("{");
    expect(back.properties).toMatchObject({
      messageId: "m",
      headers: { own: "header", "x-dead-letter-id": letter?.id, "x-replayed-at": expect.any(String) },
    });
    expect(back.properties.headers).not.toHaveProperty("x-error-type");
    await channel.deleteQueue(queue);
  });

  it("discards with a note, for good [BUS-12]", async () => {
    await put("metrics.updates", "{", { messageId: "noise" });
    const [letter] = await dead(1);
    const path = `/api/v1/dead-letters/${letter?.id}`;
    expect((await platform.delete(path)).status).toBe(400);
    expect((await platform.delete(`${path}?note=only%20noise`)).status).toBe(200);
    expect((await platform.delete(`${path}?note=again`)).status).toBe(200);
    expect(await show(letter?.id ?? "")).toMatchObject({ state: "discarded", note: "only noise" });
    expect((await replay({ ids: [letter?.id] })).body).toMatchObject({ replayed: 0, not_dead: 1 });
  });

  it("wants to be told which ones, in one way", async () => {
    for (const body of [{}, { filter: {} }, { all: false }, { all: true, ids: [`dlt_${"0".repeat(32)}`] }]) {
      expect((await replay(body)).status, JSON.stringify(body)).toBe(400);
    }
  });

  it("lets a key read that may only read, and no more", async () => {
    const made = await platform.post<{ api_key: string }>("/api/v1/keys", { name: "eyes", scopes: ["read"] });
    const key = made.body.api_key;
    expect((await platform.get("/api/v1/dead-letters", { key })).status).toBe(200);
    expect((await platform.post("/api/v1/dead-letters/replay", { all: true }, { key })).status).toBe(403);
    const path = `/api/v1/dead-letters/dlt_${"0".repeat(32)}?note=n`;
    expect((await platform.delete(path, { key })).status).toBe(403);
  });
});

describe("telemetry dead-letters", () => {
  const telemetry = (...args: string[]): Promise<Ended> =>
    runTelemetry(["dead-letters", ...args], {
      env: { TELEMETRY_URL: platform.url, TELEMETRY_API_KEY: platform.apiKey },
    });
  const ours = () => ["--correlation-id", correlationId];

  it("lists and shows [BUS-12]", async () => {
    await put("metrics.updates", eventOf("cli", { type: "model.registered", data: { note: "\u001b[31m" } }));
    const [letter] = await dead(1);
    const listed = await telemetry("list", ...ours());
    expect(listed).toMatchObject({ code: 0, err: "1 dead\n" });
    expect(listed.out).toMatch(
      new RegExp(
        `^ID +DIED .*\n${letter?.id} .* metrics\\.updates +model\\.registered +1 +invalid_payload\n$`,
      ),
    );
    expect(JSON.parse((await telemetry("list", "--json", ...ours())).out)).toMatchObject({ count: 1 });

    const shown = await telemetry("show", letter?.id ?? "");
    expect(shown.out).toContain("/test#cli");
    expect(shown.out).toMatch(/attempts\n {2}20.*PermanentError/);
    expect(shown.out).not.toContain("\u001b[31m");
    const json = JSON.parse((await telemetry("show", letter?.id ?? "", "--json")).out) as Letter;
    expect(json.event).toMatchObject({ id: "cli" });
    expect((await telemetry("show", `dlt_${"0".repeat(32)}`)).code).toBe(1);
  });

  it("replays, after it said what it would do [BUS-12]", async () => {
    const before = await everCounted();
    for (const id of ["x", "y"]) await put("metrics.updates", tooOld(`${correlationId} ${id}`));
    await dead(2);
    const planned = await telemetry("replay", "--dry-run", ...ours());
    expect(planned).toMatchObject({ code: 0, err: "2 would be replayed\n" });
    expect(planned.out).toMatch(/^COUNT +TYPE +TO QUEUE\n2 +filter\.executed +metrics\.updates\n$/);
    expect(await telemetry("replay", ...ours())).toMatchObject({ code: 0, out: "2 replayed\n" });
    await expect.poll(everCounted, { timeout: 10_000 }).toBe(before + 2);
    const nothing = await telemetry("replay", "--json", ...ours());
    expect(JSON.parse(nothing.out)).toMatchObject({ replayed: 0, remaining: 0 });
  });

  it("refuses to replay without being told what, and says what could not be replayed", async () => {
    expect(await telemetry("replay")).toMatchObject({ code: 2, err: expect.stringContaining("--all") });
    expect(await telemetry("replay", "--all", ...ours())).toMatchObject({ code: 2 });
    const unknown = await telemetry("replay", `dlt_${"0".repeat(32)}`);
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining("1 of the ids are not dead") });
  });

  it("discards with a note, and lists what is discarded", async () => {
    await put("metrics.updates", "{", { messageId: "cli noise" });
    const [letter] = await dead(1);
    const id = letter?.id ?? "";
    expect((await telemetry("discard", id)).code).toBe(2);
    expect(await telemetry("discard", id, "--note", "noise")).toMatchObject({ code: 0 });
    expect((await telemetry("list", ...ours())).err).toBe("0 dead\n");
    expect((await telemetry("list", "--state", "all", ...ours())).out).toContain("discarded");
    expect((await telemetry("show", id)).out).toMatch(/^note +noise$/m);
  });
});
