import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dataFrame, MAX_FRAME_BYTES, type StreamedPoint, streamed } from "./frame.ts";
import { Outbound } from "./outbound.ts";

const NOW = 1_783_425_600_000;

const pointOf = (series: string, time: number, given: Partial<StreamedPoint> = {}): StreamedPoint => {
  const text = JSON.stringify(`${series}@${time}`);
  return { series, time, version: time, text, bytes: text.length, ...given };
};

const textsOf = (outbound: Outbound, now: number): string[] | undefined =>
  outbound.draft(now)?.points.map(({ text }) => JSON.parse(text));

/** Sends what may go. @returns its texts */
function sendAt(outbound: Outbound, now: number): string[] | undefined {
  const draft = outbound.draft(now);
  if (draft) outbound.sent(draft, now);
  return draft?.points.map(({ text }) => JSON.parse(text));
}

describe("what waits for a connection", () => {
  it("goes at once, and then no sooner than max_frequency later [E5-US1 AC3, E5-US2 AC3, FR-018]", () => {
    const outbound = new Outbound({ maxFrequencyMs: 1_000 });
    expect(outbound.dueIn(NOW)).toBeUndefined();
    outbound.offer(pointOf("a", 1));
    expect(sendAt(outbound, NOW)).toEqual(["a@1"]);
    expect(outbound.dueIn(NOW)).toBeUndefined();
    outbound.offer(pointOf("a", 2));
    expect(outbound.dueIn(NOW + 1)).toBe(999);
    expect(sendAt(outbound, NOW + 999)).toBeUndefined();
    expect(sendAt(outbound, NOW + 1_000)).toEqual(["a@2"]);
  });

  it("is the newest of each series, whatever came in between and in which order [FR-018]", () => {
    const outbound = new Outbound({ maxFrequencyMs: 100 });
    for (const time of [1, 3, 2]) outbound.offer(pointOf("a", time));
    outbound.offer(pointOf("b", 1));
    expect(textsOf(outbound, NOW)).toEqual(["a@3", "b@1"]);
  });

  it("goes at once when the clock was set back, rather than when it has caught up", () => {
    const outbound = new Outbound({ maxFrequencyMs: 1_000 });
    outbound.offer(pointOf("a", 1));
    sendAt(outbound, NOW);
    outbound.offer(pointOf("a", 2));
    expect(sendAt(outbound, NOW - 3_600_000)).toEqual(["a@2"]);
    outbound.offer(pointOf("a", 3));
    expect(outbound.dueIn(NOW - 3_600_000)).toBe(1_000);
  });

  it("is of two points at one time the one that was accepted later", () => {
    const outbound = new Outbound({ maxFrequencyMs: 100 });
    outbound.offer(pointOf("a", 1, { version: 2, text: '"later"' }));
    outbound.offer(pointOf("a", 1, { version: 1, text: '"earlier"' }));
    expect(textsOf(outbound, NOW)).toEqual(["later"]);
  });

  it("still waits while nobody takes it, and what is newer takes its place", () => {
    const outbound = new Outbound({ maxFrequencyMs: 100 });
    outbound.offer(pointOf("a", 1));
    outbound.offer(pointOf("b", 1));
    const draft = outbound.draft(NOW);
    outbound.offer(pointOf("a", 2));
    if (draft) outbound.sent(draft, NOW);
    expect(textsOf(outbound, NOW + 100)).toEqual(["a@2"]);
    outbound.postpone(NOW + 100);
    expect(outbound.dueIn(NOW + 100)).toBe(100);
    expect(textsOf(outbound, NOW + 200)).toEqual(["a@2"]);
  });

  it("is cut into frames that API Gateway takes, and the rest goes with the next", () => {
    const outbound = new Outbound({ maxFrequencyMs: 100 });
    const text = JSON.stringify("x".repeat(50 * 1_024));
    for (const series of ["a", "b", "c"]) outbound.offer(pointOf(series, 1, { text, bytes: text.length }));
    const sizes = [NOW, NOW + 100].map((now) => {
      const draft = outbound.draft(now);
      if (!draft) throw new Error("expected a frame");
      outbound.sent(draft, now);
      expect(dataFrame("sub_a", draft.points, draft.dropped).length).toBeLessThan(MAX_FRAME_BYTES + 1_024);
      return draft.points.length;
    });
    expect(sizes).toEqual([2, 1]);
    expect(outbound.dueIn(NOW)).toBeUndefined();
  });

  it("is bounded in series and bytes: what changed longest ago goes, and is counted", () => {
    const outbound = new Outbound({ maxFrequencyMs: 100, maxSeries: 2 });
    for (const series of ["a", "b"]) outbound.offer(pointOf(series, 1));
    outbound.offer(pointOf("a", 2));
    outbound.offer(pointOf("c", 1));
    expect(textsOf(outbound, NOW)).toEqual(["a@2", "c@1"]);
    expect(outbound.draft(NOW)?.dropped).toBe(1);
    const heavy = new Outbound({ maxFrequencyMs: 100, maxBytes: 1_000 });
    for (const series of ["a", "b", "c"]) heavy.offer(pointOf(series, 1, { bytes: 600 }));
    expect(textsOf(heavy, NOW)).toEqual(["c@1"]);
    expect(heavy.draft(NOW)?.dropped).toBe(2);
  });

  it("keeps its distances and loses no last value, whatever happens when [E5-US2 AC3, FR-018]", () => {
    const step = fc.oneof(
      fc.record({ series: fc.constantFrom("a", "b", "c") }),
      fc.constantFrom("send" as const, "busy" as const),
    );
    const steps = fc.array(fc.tuple(fc.nat(300), step), { maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 100, max: 500 }), (given, maxFrequencyMs) => {
        const outbound = new Outbound({ maxFrequencyMs });
        const last = new Map<string, string>();
        const received = new Map<string, string>();
        const sentAt: number[] = [];
        let now = NOW;
        let count = 0;
        const send = () => {
          const texts = sendAt(outbound, now);
          if (texts) sentAt.push(now);
          for (const text of texts ?? []) received.set(text.split("@")[0] ?? "", text);
        };
        for (const [pause, each] of given) {
          now += pause;
          if (each === "send") send();
          else if (each === "busy") outbound.postpone(now);
          else {
            outbound.offer(pointOf(each.series, ++count));
            last.set(each.series, `${each.series}@${count}`);
          }
        }
        now += outbound.dueIn(now) ?? 0;
        send();
        expect(received).toEqual(last);
        for (const [i, at] of sentAt.slice(1).entries()) {
          expect(at - (sentAt[i] ?? 0)).toBeGreaterThanOrEqual(maxFrequencyMs);
        }
      }),
    );
  });
});

describe("a frame", () => {
  it("is JSON with the points as they are queried, and what they lack as null or empty", () => {
    const time = NOW * 1_000;
    const stored = {
      deviceId: "d",
      metricName: 'cpu{core="a b"}',
      time,
      value: { deep: ["ü"] },
      version: 7,
      tie: 0,
    };
    const one = streamed(stored);
    expect(one).toMatchObject({ time, version: 7, bytes: Buffer.byteLength(one.text) });
    expect(JSON.parse(dataFrame('sub_"', [one, one], 3))).toEqual({
      type: "data",
      subscription_id: 'sub_"',
      dropped: 3,
      data_points: Array.from({ length: 2 }, () => ({
        device_id: "d",
        metric_name: 'cpu{core="a b"}',
        timestamp: "2026-07-07T12:00:00Z",
        value: { deep: ["ü"] },
        unit: null,
        tags: {},
        metadata: {},
      })),
    });
  });
});
