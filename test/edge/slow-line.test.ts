import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type EdgeAgent, startEdge } from "./agent.ts";
import { refusal, type Sink, startSink } from "./sink.ts";
import { type SlowLine, startSlowLine } from "./slow-line.ts";

let sink: Sink;
let line: SlowLine | undefined;
let agent: EdgeAgent | undefined;

beforeEach(async () => {
  sink = await startSink();
});

afterEach(async () => {
  await agent?.discard();
  await line?.close();
  [agent, line] = [undefined, undefined];
  await sink.close();
});

/** So that compression helps little. */
const longMessages = (count: number) =>
  Array.from({ length: count }, () => randomBytes(15_000).toString("base64"));

it("brings batches through a line on which none arrives within the timeout [EDGE-04]", async () => {
  line = await startSlowLine(sink.url, 400_000);
  const forward = { timeout: "100ms", batch: { max_entries: 5 } };
  agent = await startEdge({ url: line.url, config: { forward } });
  const sent = longMessages(30);
  await agent.post(
    "/v1/logs",
    sent.map((message) => ({ service: "s", message })),
  );
  await expect.poll(() => sink.messages.toSorted(), { timeout: 20_000 }).toEqual(sent.toSorted());
  await expect
    .poll(() => agent?.status().lanes.logs)
    .toMatchObject({ waiting: 0, sent: 30, last_error: undefined });
}, 30_000);

it("asks with one batch at a time whether the platform is back, and then sends several [EDGE-04]", async () => {
  let now = 0;
  let most = 0;
  let isWell = false;
  sink.reply = async () => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 30));
    now--;
    return isWell ? undefined : refusal(503);
  };
  agent = await startEdge({ url: sink.url, config: { forward: { batch: { max_entries: 1 } } } });
  const failures = () => agent?.status().lanes.logs?.failed_attempts ?? 0;
  await agent.post(
    "/v1/logs",
    Array.from({ length: 40 }, (_, i) => ({ service: "s", message: `entry ${i}` })),
  );
  await expect.poll(failures).toBeGreaterThan(6);
  most = 0;
  const before = failures();
  await expect.poll(failures).toBeGreaterThan(before + 12);
  expect(most).toBe(1);
  isWell = true;
  await expect.poll(() => sink.messages.length, { timeout: 10_000 }).toBe(40);
  expect(most).toBe(4);
});
