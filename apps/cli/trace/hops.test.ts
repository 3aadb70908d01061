import { describe, expect, it } from "vitest";
import type { Found, TracedEvent } from "./answers.ts";
import { hopsOf, queuesOf } from "./hops.ts";

const nothing: Found = { events: [], audited: [], deadLetters: [], logs: [] };

const event = (id: string, second: number, parentids?: string): TracedEvent => ({
  event: {
    source: "/shop",
    id,
    type: "order.item.placed",
    time: `2026-11-20T12:00:0${second}Z`,
    parentids,
  },
  archived_at: `2026-11-20T12:00:0${second}.5Z`,
});

describe("hopsOf", () => {
  it("tells what happened in its order, effects under their causes [EVT-09]", () => {
    const found: Found = {
      events: [event("c", 3, "b"), event("a", 1), event("b", 2, "a,unknown")],
      audited: [{ source: "/shop", id: "a", position: 7, recorded_at: "2026-11-20T12:00:01.2Z" }],
      deadLetters: [
        {
          id: "dlt_1",
          queue: "metrics.updates",
          source: "/shop",
          event_id: "b",
          error: { code: "invalid_payload", message: "vendor: required" },
          last_died_at: "2026-11-20T12:00:09Z",
          replayed_at: "2026-11-20T12:30:00Z",
          discarded_at: null,
          attempts: [{ at: "2026-11-20T12:00:02.6Z", error: "TransientError", message: "not yet" }],
        },
      ],
      logs: [
        {
          timestamp: "2026-11-20T12:00:01.1Z",
          service: "cart",
          level: "info",
          message: "sold",
          attributes: {},
        },
        {
          timestamp: "2026-11-20T12:00:03.1Z",
          service: "/shop",
          level: "error",
          message: "boom",
          attributes: { event_id: "c" },
        },
      ],
    };
    expect(hopsOf(found).map(({ what, event: of, depth }) => [what, of, depth])).toEqual([
      ["published", "/shop#a", 0],
      ["logged", undefined, 0],
      ["audited", "/shop#a", 0],
      ["archived", "/shop#a", 0],
      ["published", "/shop#b", 1],
      ["archived", "/shop#b", 1],
      ["failed", "/shop#b", 1],
      ["published", "/shop#c", 2],
      ["logged", undefined, 2],
      ["archived", "/shop#c", 2],
      ["dead", "/shop#b", 1],
      ["replayed", "/shop#b", 1],
    ]);
    const [first, , , , second] = hopsOf(found);
    expect(first?.text).toBe("order.item.placed on domain.events → analytics.events");
    expect(second?.text).toMatch(/analytics\.events, after \/shop#a, \/shop#unknown$/);
  });

  it.each([
    ["2026-11-20T12:00:01.250Z", "250 ms"],
    ["2026-11-20T12:00:31Z", "30 s"],
    ["2026-11-20T15:00:01Z", "3 h"],
    ["2026-12-10T12:00:01Z", "20 d"],
  ])("says how long an event that was archived at %s took", (archived_at, words) => {
    const hops = hopsOf({ ...nothing, events: [{ ...event("a", 1), archived_at }] });
    expect(hops[1]?.text).toBe(`${words} after its own time`);
  });

  it("survives events that follow from each other", () => {
    const events = [event("a", 1, "b"), event("b", 2, "a")];
    expect(hopsOf({ ...nothing, events })).toHaveLength(4);
  });
});

it("knows which queues a type goes to [EVT-09]", () => {
  expect(queuesOf("model.registered")).toEqual(
    expect.arrayContaining(["metrics.updates", "analytics.events"]),
  );
  expect(queuesOf("api.error")).toEqual(expect.arrayContaining(["logging.errors", "analytics.events"]));
  expect(queuesOf("log.line")).toEqual(["logs.entries"]);
});
