import { describe, expect, it } from "vitest";
import { inBatches, type Line, type LineOptions, readEvents } from "./lines.ts";

async function read(lines: readonly string[], options: Partial<LineOptions> = {}): Promise<Line[]> {
  const found: Line[] = [];
  const usual = { source: "/test", type: "order.parcel.shipped", envelope: {} };
  for await (const line of readEvents(generate(lines), { ...usual, ...options })) found.push(line);
  return found;
}

async function* generate<Item>(lines: readonly Item[]): AsyncGenerator<Item> {
  yield* lines;
}

describe("readEvents", () => {
  it("makes an event of each line [EVT-03]", async () => {
    const envelope = { correlationId: "c", parents: ["/a#1", "2"] };
    const lines = await read(['{"n": 1}', "", '{"n": 2}'], { envelope });
    expect(lines).toMatchObject([
      {
        number: 1,
        event: { type: "order.parcel.shipped", source: "/test", data: { n: 1 }, correlation_id: "c" },
      },
      { number: 3, event: { data: { n: 2 }, parentids: "/a#1,2" } },
    ]);
  });

  it("takes the ids from a field of the data", async () => {
    const lines = await read(['{"no": 7}', '{"no": "x"}', '{"other": 1}'], { idField: "no" });
    expect(lines).toMatchObject([
      { event: { id: "7" } },
      { event: { id: "x" } },
      { number: 3, fault: 'expected text or a number in the field "no", for the event\'s id' },
    ]);
  });

  it("names each line that is no event, and goes on", async () => {
    const lines = await read(['{"n": ', '{"vendor": "acme"}', '{"model_id": "m", "vendor": "acme"}'], {
      type: "model.registered",
    });
    expect(lines).toMatchObject([
      { number: 1, fault: expect.stringContaining("JSON") },
      { number: 2, fault: "not a valid model.registered: data.model_id: required" },
      { number: 3, event: { data: { model_id: "m" } } },
    ]);
  });
});

describe("inBatches", () => {
  it("cuts by number and by size", async () => {
    const sizes: number[] = [];
    const line = (bytes: number): Line => ({ number: 1, bytes, fault: "" });
    const lines = [...Array(600).fill(line(100)), ...Array(30).fill(line(250 * 1_024))];
    for await (const batch of inBatches(generate(lines))) sizes.push(batch.length);
    expect(sizes).toEqual([500, 112, 12, 6]);
  });
});
