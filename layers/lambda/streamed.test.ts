import { PassThrough, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, expect, it, vi } from "vitest";
import type { HttpHandler, HttpResult } from "./http.ts";
import { streamed, watched } from "./streamed.ts";

/** What Lambda's runtime puts in front of a streamed answer: its status and headers, and eight zeros behind them. */
const PRELUDE_END = "\0".repeat(8);

vi.stubGlobal("awslambda", {
  streamifyResponse: (handler: unknown) => handler,
  HttpResponseStream: {
    from(output: Writable, prelude: object) {
      output.write(JSON.stringify(prelude) + PRELUDE_END);
      return output;
    },
  },
});

afterEach(() => {
  vi.restoreAllMocks();
});

const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const each of texts) yield Buffer.from(each);
}

const answering =
  (result: HttpResult): HttpHandler =>
  async () =>
    result;

function run(handler: HttpHandler, output: Writable): Promise<void> {
  const lambda = streamed(handler) as unknown as (event: unknown, output: Writable) => Promise<void>;
  return lambda({}, output);
}

it("sends status and headers first, then piece by piece [E7-US1 AC3]", async () => {
  const output = new PassThrough();
  const headers = { "content-type": "text/csv" };
  const answer = { statusCode: 200, headers, body: "", stream: pieces("a,b\r\n", "1,2\r\n") };
  const [sent] = await Promise.all([text(output), run(answering(answer), output)]);
  expect(sent).toBe(`${JSON.stringify({ statusCode: 200, headers })}${PRELUDE_END}a,b\r\n1,2\r\n`);
});

it("sends what was refused as an ordinary answer", async () => {
  const output = new PassThrough();
  const answer = { statusCode: 404, headers: {}, body: '{"detail":"no data"}' };
  const [sent] = await Promise.all([text(output), run(answering(answer), output)]);
  expect(sent).toBe(`{"statusCode":404,"headers":{}}${PRELUDE_END}{"detail":"no data"}`);
});

it("makes no more than is taken, and stops when nobody takes it any more", async () => {
  let made = 0;
  let stopped = false;
  async function* endless() {
    try {
      for (;;) {
        made++;
        yield Buffer.alloc(1_024);
      }
    } finally {
      stopped = true;
    }
  }
  let taken = 0;
  const output = new Writable({
    highWaterMark: 1,
    write: (_, __, done) => (++taken > 5 ? done(new Error("gone")) : setImmediate(done)),
  });
  const stream = watched(endless(), { logger, requestId: "r" });
  await expect(run(answering({ statusCode: 200, body: "", stream }), output)).rejects.toThrow("gone");
  await expect.poll(() => stopped, { timeout: 5_000 }).toBe(true);
  expect(made).toBeLessThan(10);
  expect(logger.info).toHaveBeenCalledWith(
    "streamed",
    expect.objectContaining({ end: "left", requestId: "r" }),
  );
});

it("fails, and says so in the log, if what is sent cannot be made to its end", async () => {
  async function* failing() {
    yield Buffer.from("a");
    throw new Error("the store is gone");
  }
  const stream = watched(failing(), { logger, requestId: "r" });
  const output = new PassThrough().resume();
  await expect(run(answering({ statusCode: 200, body: "", stream }), output)).rejects.toThrow(
    "store is gone",
  );
  expect(logger.error).toHaveBeenCalledWith(
    "a streamed answer broke off",
    expect.objectContaining({ bytes: 1 }),
  );
});
