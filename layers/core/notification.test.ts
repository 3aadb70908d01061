import { describe, expect, it } from "vitest";
import type { Event } from "./envelope.ts";
import { channelsNamedBy, cut, incidentOf, notificationOf, oneLine } from "./notification.ts";
import { type Handling, pageFor } from "./paging.ts";
import { parseTime } from "./time.ts";

const event = (type: string, data: unknown, given: Partial<Event> = {}): Event => ({
  specversion: "1.0",
  id: "e-1",
  source: "/shop",
  type,
  time: "2026-07-07T12:00:00.5Z",
  correlation_id: "c-1",
  data,
  ...given,
});
const told = (type: string, data: unknown) => notificationOf(event(type, data), pageFor(type, data), "ops");

describe("the notification of an event", () => {
  it.each([
    ["alert.triggered", { rule_name: "High CPU", device_id: "d1" }, "High CPU on d1"],
    ["alert.triggered", { rule_id: "rul_1" }, "rul_1"],
    ["alert.triggered", {}, "alert"],
    ["alert.acknowledged", { rule_name: "High CPU" }, "Acknowledged: High CPU"],
    ["alert.resolved", { alert_id: "alr_1" }, "Resolved: alr_1"],
    [
      "api.error",
      { message: "boom", error_type: "TypeError", endpoint: "/cart" },
      "TypeError at /cart: boom",
    ],
    ["api.error", { error: { message: "boom", type: "TypeError" }, path: "/pay" }, "TypeError at /pay: boom"],
    ["api.error", { message: 5 }, "Error at /shop: 5"],
    ["api.error", "no object", "Error at /shop: no message"],
    ["edge.disk.low", { device_id: "gw" }, "Disk is filling up on gw"],
    ["edge.data.dropped", undefined, "Data was dropped at /shop"],
    ["shop.broke", { __proto__: null, constructor: "x" }, "shop.broke from /shop"],
  ])("of type %s with %j is titled %s", (type, data, title) => {
    expect(told(type, data).title).toBe(title);
  });

  it("has what is worth knowing, and no stack trace", () => {
    const data = {
      message: "boom",
      endpoint: "/cart",
      stack_trace: "at secret.js",
      password: "p",
      duration_ms: 45,
    };
    const notification = told("api.error", data);
    expect(notification).toMatchObject({
      severity: "error",
      text: "boom",
      details: { endpoint: "/cart", duration_ms: "45" },
      eventId: "e-1",
      correlationId: "c-1",
      count: 1,
      firstAt: parseTime("2026-07-07T12:00:00.5Z"),
    });
    expect(JSON.stringify(notification)).not.toMatch(/secret|password/);
  });

  it.each([
    ["single", "trigger", "single"],
    ["grouped", "trigger", "first"],
    ["acknowledges", "acknowledge", "single"],
    ["resolves", "resolve", "single"],
  ] as const)("that is %s has the action %s", (handling: Handling, action, form) => {
    const notification = notificationOf(event("t", {}), { handling, severity: "error" }, "ops");
    expect(notification).toMatchObject({ action, form });
  });

  it("has the same key at every try, and another for every channel and event", () => {
    const keyOf = (id: string, channel: string) =>
      notificationOf(event("t", {}, { id }), { handling: "single", severity: "error" }, channel).dedupKey;
    expect(keyOf("a", "ops")).toBe(keyOf("a", "ops"));
    expect(new Set([keyOf("a", "ops"), keyOf("b", "ops"), keyOf("a", "mail")]).size).toBe(3);
    expect(keyOf("a", "ops")).toMatch(/^ntf_[0-9a-f]{32}$/);
  });

  it("is bounded, whatever the event holds", () => {
    const huge = "x\u0000\n".repeat(50_000);
    const notification = told("alert.triggered", {
      rule_name: huge,
      message: huge,
      device_id: huge,
      alert_id: huge,
    });
    expect(notification.title.length).toBeLessThanOrEqual(250);
    expect(notification.incident.length).toBeLessThanOrEqual(255);
    expect(JSON.stringify(notification).length).toBeLessThan(20_000);
  });
});

describe("an incident", () => {
  it("is the alert's own id, whoever reports on it, and otherwise the event itself", () => {
    const of = (type: string, data: object, source: string) => incidentOf(event(type, data, { source }));
    expect(of("alert.triggered", { alert_id: "alr_1" }, "/a")).toBe("alert alr_1");
    expect(of("alert.resolved", { alert_id: "alr_1" }, "/b")).toBe("alert alr_1");
    expect(of("alert.resolved", {}, "/b")).toBe("/b e-1");
    expect(of("api.error", { alert_id: "alr_1" }, "/a")).toBe("/a e-1");
  });
});

it("reads the names of channels, and nothing else that stands there", () => {
  const named = (notification_channels: unknown) => channelsNamedBy(event("t", { notification_channels }));
  expect(named(["a", 5, null, "b"])).toEqual(["a", "b"]);
  expect([named("a"), named({}), named(undefined)]).toEqual([[], [], []]);
});

it("cuts texts between characters, and puts them on one line", () => {
  expect([cut("abc", 3), cut("abcd", 3), cut("a😀b", 3)]).toEqual(["abc", "ab…", "a…"]);
  expect(oneLine(" a\r\nb\u0000\t c ")).toBe("a b c");
});
