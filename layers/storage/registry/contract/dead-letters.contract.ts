import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { PermanentError } from "../../../core/errors.ts";
import type { OpenRegistry } from "../port.contract.ts";
import type { DeadLetterRecord, DeadLetters, ReplayedLetter } from "../port.ts";

const attempt = (at: string, message = "boom") => ({ at, error: "PermanentError", message });

const letterOf = (id: string, given: Partial<DeadLetterRecord> = {}): DeadLetterRecord => ({
  id,
  queue: "metrics.updates",
  identity: `/shop ${id}`,
  body: Buffer.from(`{"id":"${id}"}`),
  message: { messageId: id, type: "model.registered", contentType: "application/json", headers: { a: "b" } },
  event: { type: "model.registered", source: "/shop", id, correlationId: "c-1" },
  attempts: [attempt("2026-07-07T12:30:00Z")],
  error: { type: "PermanentError", code: "undecodable", message: "boom", stack: "boom\n  at a.ts:1" },
  diedAt: 1_000,
  ...given,
});

const QUEUES = ["metrics.updates", "telemetry.points.0"];
const ALL = { asOf: 1_000_000 };
const PAGE = { limit: 100, offset: 0 };

async function replayAll(
  deadLetters: DeadLetters,
  { selection = ALL, limit = 100, maxBytes = 1_000_000, queues = QUEUES, now = 2_000_000 } = {},
): Promise<{ count: number | undefined; handed: ReplayedLetter[] }> {
  const handed: ReplayedLetter[] = [];
  const options = { queues, limit, maxBytes, now };
  const count = await deadLetters.replay(selection, options, async (letters) => {
    handed.push(...letters);
  });
  return { count, handed };
}

const stateOf = async (deadLetters: DeadLetters, id: string) => (await deadLetters.find(id))?.state;

export function deadLettersContract(open: OpenRegistry): void {
  it("keeps event, queue, every attempt and the error with its stack, and the body to the byte [BUS-11]", async () => {
    const { deadLetters } = open();
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const letter = letterOf("a", { body: bytes, event: {}, diedAt: 5 });
    await deadLetters.record([letter]);
    const { body, diedAt, ...kept } = letter;
    expect(await deadLetters.find("a")).toEqual({
      ...kept,
      ...{ state: "dead", bodyBytes: 256, firstDiedAt: 5, lastDiedAt: 5, replays: 0 },
    });
    expect(await deadLetters.body("a")).toEqual(bytes);
    expect(await deadLetters.find("b")).toBeUndefined();
    expect(await deadLetters.body("b")).toBeUndefined();
  });

  it("keeps a body of many megabytes", async () => {
    const { deadLetters } = open();
    const body = Buffer.alloc(20_000_000, "x");
    await deadLetters.record([letterOf("a", { body })]);
    expect((await deadLetters.find("a"))?.bodyBytes).toBe(20_000_000);
    expect((await deadLetters.body("a"))?.equals(body)).toBe(true);
  });

  it("appends the attempts of what failed again, and is dead again", async () => {
    const { deadLetters } = open();
    const [first, second] = [attempt("2026-07-07T12:30:00Z"), attempt("2026-07-07T13:00:00Z", "again")];
    await deadLetters.record([letterOf("a", { attempts: [first] })]);
    await replayAll(deadLetters);
    const error = { type: "TypeError", code: "unexpected", message: "again", stack: "again" };
    await deadLetters.record([letterOf("a", { attempts: [first, second], error, diedAt: 3_000 })]);
    expect(await deadLetters.find("a")).toMatchObject({
      ...{ state: "dead", attempts: [first, second], error, replays: 1 },
      ...{ firstDiedAt: 1_000, lastDiedAt: 3_000 },
    });
  });

  it("takes a redelivery for what it is: one row, no attempt twice, and its state stays", async () => {
    const { deadLetters } = open();
    await deadLetters.record([letterOf("a"), letterOf("a"), letterOf("b")]);
    await deadLetters.discard("a", { note: "known", now: 7 });
    await replayAll(deadLetters);
    await deadLetters.record([letterOf("a"), letterOf("b")]);
    expect((await deadLetters.list({}, PAGE)).count).toBe(2);
    expect((await deadLetters.find("a"))?.attempts).toHaveLength(1);
    expect(await stateOf(deadLetters, "a")).toBe("discarded");
    expect(await stateOf(deadLetters, "b")).toBe("replayed");
  });

  it("takes what tells of no attempt for a new death", async () => {
    const { deadLetters } = open();
    await deadLetters.record([letterOf("a", { attempts: [] })]);
    await replayAll(deadLetters);
    await deadLetters.record([letterOf("a", { attempts: [] })]);
    expect(await stateOf(deadLetters, "a")).toBe("dead");
  });

  it("records all or none, and says which fault it is", async () => {
    const { deadLetters } = open();
    const refused = letterOf("b", { event: { type: "a\u0000b" } });
    await expect(deadLetters.record([letterOf("a"), refused])).rejects.toThrow(PermanentError);
    expect(await deadLetters.find("a")).toBeUndefined();
    await deadLetters.record([]);
  });

  it("takes texts at their longest, whatever bytes they have", async () => {
    const { deadLetters } = open();
    // Random, since what compresses well would fit an index all the same.
    const long = (length: number) =>
      Array.from({ length }, () => String.fromCharCode(0x4e00 + Math.floor(Math.random() * 20_000))).join("");
    const event = { type: long(255), source: long(1_024), id: long(255), correlationId: long(255) };
    await deadLetters.record([letterOf("a", { queue: long(255), identity: long(2_048), event })]);
    expect((await deadLetters.find("a"))?.event).toEqual(event);
  });

  it("lists the last death first, by page, and counts all that match", async () => {
    const { deadLetters } = open();
    await deadLetters.record([3, 1, 2].map((diedAt) => letterOf(`a${diedAt}`, { diedAt })));
    const ids = async (page: { limit: number; offset: number }) => {
      const { deadLetters: found, count } = await deadLetters.list({}, page);
      return [...found.map(({ id }) => id), count];
    };
    expect(await ids(PAGE)).toEqual(["a3", "a2", "a1", 3]);
    expect(await ids({ limit: 1, offset: 1 })).toEqual(["a2", 3]);
  });

  it("finds by queue, type, source, error, correlation id, state and time [BUS-12]", async () => {
    const { deadLetters } = open();
    const error = { type: "TypeError", code: "unexpected", message: "", stack: "" };
    const event = { type: "api.error", source: "/api", id: "x", correlationId: "c-2" };
    await deadLetters.record([
      letterOf("a"),
      letterOf("b", { queue: "telemetry.points.0", error, event, diedAt: 2_000 }),
    ]);
    await deadLetters.discard("b", { note: "n", now: 1 });
    const found = async (filter: Parameters<DeadLetters["list"]>[0]) =>
      (await deadLetters.list(filter, PAGE)).deadLetters.map(({ id }) => id);
    for (const filter of [
      { queue: "telemetry.points.0" },
      { type: "api.error" },
      { source: "/api" },
      { errorType: "TypeError" },
      { errorCode: "unexpected" },
      { correlationId: "c-2" },
      { state: "discarded" as const },
      { from: 2_000 },
      { from: 1_001, to: 2_001, type: "api.error" },
    ]) {
      expect(await found(filter), JSON.stringify(filter)).toEqual(["b"]);
    }
    expect(await found({ to: 2_000 })).toEqual(["a"]);
    expect(await found({ queue: "telemetry.points.0", state: "dead" })).toEqual([]);
    expect(await deadLetters.counts()).toEqual({ dead: 1, replayed: 0, discarded: 1 });
  });

  it("hands a replay over whole, in the order of first death, and then has it dead no more [BUS-12]", async () => {
    const { deadLetters } = open();
    const letters = ["c", "a", "b"].map((id) => letterOf(id));
    await deadLetters.record(letters.slice(0, 2));
    await deadLetters.record(letters.slice(2));
    const { count, handed } = await replayAll(deadLetters, { limit: 2 });
    expect(count).toBe(2);
    expect(handed).toEqual(
      letters.slice(0, 2).map(({ id, queue, body, message }) => ({
        ...{ id, queue, body, message },
        replayedAt: 2_000_000,
      })),
    );
    expect((await replayAll(deadLetters)).handed.map(({ id }) => id)).toEqual(["b"]);
    expect((await replayAll(deadLetters)).count).toBeUndefined();
    expect(await deadLetters.find("a")).toMatchObject({
      state: "replayed",
      replays: 1,
      replayedAt: 2_000_000,
    });
  });

  it("cuts a step by bytes, and takes one whatever its size", async () => {
    const { deadLetters } = open();
    const sized = (id: string, bytes: number) => letterOf(id, { body: Buffer.alloc(bytes) });
    await deadLetters.record([sized("a", 50), sized("b", 4), sized("c", 4), sized("d", 4)]);
    const step = async () =>
      (await replayAll(deadLetters, { maxBytes: 10 })).handed.map(({ id }) => id).join("");
    expect([await step(), await step(), await step()]).toEqual(["a", "bc", "d"]);
  });

  it("leaves dead what could not be published, and gives its repeat the time at which it began [BUS-12]", async () => {
    const { deadLetters } = open();
    await deadLetters.record([letterOf("a")]);
    const noConfirm = new Error("no confirm");
    const options = { queues: QUEUES, limit: 10, maxBytes: 1_000, now: 2_000_000 };
    await expect(deadLetters.replay(ALL, options, () => Promise.reject(noConfirm))).rejects.toBe(noConfirm);
    expect(await stateOf(deadLetters, "a")).toBe("dead");
    const repeated = await replayAll(deadLetters, { now: 9_000_000 });
    expect(repeated.handed).toMatchObject([{ id: "a", replayedAt: 2_000_000 }]);
    // What died anew is replayed anew.
    await deadLetters.record([letterOf("a", { attempts: [attempt("2026-07-08T00:00:00Z")] })]);
    const anew = await replayAll(deadLetters, { selection: { asOf: 10_000_000 }, now: 9_500_000 });
    expect(anew.handed).toMatchObject([{ replayedAt: 9_500_000 }]);
  });

  it("replays by id or by filter, only what is dead and what has a queue to go to", async () => {
    const { deadLetters } = open();
    await deadLetters.record([letterOf("a"), letterOf("b", { queue: "gone" }), letterOf("c"), letterOf("d")]);
    await deadLetters.discard("d", { note: "n", now: 1 });
    const byId = { ids: ["a", "b", "d", "unknown"], ...ALL };
    expect(await deadLetters.plan(byId)).toEqual([
      { queue: "gone", type: "model.registered", count: 1 },
      { queue: "metrics.updates", type: "model.registered", count: 1 },
    ]);
    const replayed = async (selection: typeof ALL) =>
      (await replayAll(deadLetters, { selection })).handed.map(({ id }) => id);
    expect(await replayed(byId)).toEqual(["a"]);
    const byFilter = { filter: { type: "model.registered" }, ...ALL };
    expect(await replayed(byFilter)).toEqual(["c"]);
    expect(await deadLetters.plan(byFilter)).toEqual([{ queue: "gone", type: "model.registered", count: 1 }]);
  });

  it("takes each once in a run, also what fails again meanwhile", async () => {
    const { deadLetters } = open();
    await deadLetters.record([letterOf("a"), letterOf("b", { diedAt: 1_000_000 })]);
    expect((await replayAll(deadLetters)).handed.map(({ id }) => id)).toEqual(["a"]);
    // By a clock that is behind.
    await deadLetters.record([letterOf("a", { attempts: [attempt("2026-07-08T00:00:00Z")] })]);
    expect(await stateOf(deadLetters, "a")).toBe("dead");
    expect((await replayAll(deadLetters)).count).toBeUndefined();
    expect(await deadLetters.plan(ALL)).toEqual([]);
  });

  it("hands each to one of many who replay at once", async () => {
    const registries = [open(), open(), open()];
    const ids = Array.from({ length: 200 }, (_, i) => `l${i}`);
    await registries[0]?.deadLetters.record(ids.map((id) => letterOf(id)));
    const published: string[] = [];
    while (published.length < ids.length) {
      await Promise.all(
        registries.map(async ({ deadLetters }) => {
          const { handed } = await replayAll(deadLetters, { limit: 20 });
          published.push(...handed.map(({ id }) => id));
        }),
      );
    }
    expect(published.toSorted()).toEqual(ids.toSorted());
  });

  it("waits with what fails again until its replay is marked", async () => {
    const registry = open();
    const other = open();
    await registry.deadLetters.record([letterOf("a")]);
    const again = letterOf("a", { attempts: [attempt("2026-07-08T00:00:00Z")] });
    let recording: Promise<void> | undefined;
    const options = { queues: QUEUES, limit: 10, maxBytes: 1_000, now: 2_000_000 };
    await registry.deadLetters.replay(ALL, options, async () => {
      recording = other.deadLetters.record([again]);
      // Long enough for whoever would not wait.
      await Promise.race([recording, pause(250)]);
    });
    await recording;
    expect(await registry.deadLetters.find("a")).toMatchObject({ state: "dead", replays: 1 });
  });

  it("discards what is dead, with a note, and nothing else", async () => {
    const { deadLetters } = open();
    await deadLetters.record([letterOf("a"), letterOf("b")]);
    await replayAll(deadLetters, { limit: 1 });
    expect(await deadLetters.discard("a", { note: "n", now: 5 })).toBe(false);
    expect(await deadLetters.discard("b", { note: "a test", now: 5 })).toBe(true);
    expect(await deadLetters.discard("b", { note: "twice", now: 6 })).toBe(false);
    expect(await deadLetters.discard("c", { note: "n", now: 5 })).toBe(false);
    expect(await deadLetters.find("b")).toMatchObject({
      state: "discarded",
      note: "a test",
      discardedAt: 5,
    });
  });
}
