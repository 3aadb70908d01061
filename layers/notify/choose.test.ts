import { describe, expect, it } from "vitest";
import type { Event } from "../core/envelope.ts";
import { pageFor } from "../core/paging.ts";
import { channelNamed } from "../storage/registry/contract/notification-samples.ts";
import { channelsFor } from "./choose.ts";

const mail = { kind: "email", to: ["a@example.com"] } as const;
const channels = [
  channelNamed("everything", { minimumSeverity: "info" }),
  channelNamed("alerts", { events: ["alert.*"], minimumSeverity: "critical" }),
  channelNamed("errors", { events: ["api.error", "edge.#"], target: mail }),
  channelNamed("off", { enabled: false }),
];

function chosen(type: string, data: object, told: string[] = []) {
  const event = { type, data } as Event;
  const choice = channelsFor(event, pageFor(type, data), channels, told);
  return { names: choice.channels.map(({ name }) => name), unknown: choice.unknown };
}

describe("an event that names no channels", () => {
  it.each([
    ["api.error", {}, ["everything", "errors"]],
    ["api.error", { severity: "info" }, ["everything"]],
    ["edge.disk.low", {}, ["everything", "errors"]],
    ["alert.triggered", { level: "emergency" }, ["everything", "alerts"]],
    ["alert.triggered", { level: "error", notification_channels: [] }, ["everything"]],
    ["alert.triggered", { level: "error", notification_channels: "alerts" }, ["everything"]],
  ])("is for those whose patterns and severity it fits: %s %j", (type, data, names) => {
    expect(chosen(type, data)).toEqual({ names, unknown: [] });
  });
});

describe("an event that names channels", () => {
  const naming = (...notification_channels: unknown[]) => ({ notification_channels, level: "info" });

  it("is for those, whatever their patterns and severities", () => {
    expect(chosen("alert.triggered", naming("errors")).names).toEqual(["errors"]);
  });

  it("is for all of a kind where it names that and no channel is called so", () => {
    expect(chosen("alert.triggered", naming("email", "alerts")).names).toEqual(["alerts", "errors"]);
    expect(chosen("alert.triggered", naming("slack")).names).toEqual(["everything", "alerts"]);
  });

  it("is not for one that is turned off, and for nobody in its place", () => {
    expect(chosen("alert.triggered", naming("off"))).toEqual({ names: [], unknown: [] });
  });

  it("says which there are not, and is for the others", () => {
    expect(chosen("alert.triggered", naming("errors", "typo", 5))).toEqual({
      names: ["errors"],
      unknown: ["typo"],
    });
  });

  it("is for those whose patterns it fits where there are none of them", () => {
    expect(chosen("alert.triggered", naming("typo"))).toEqual({ names: ["everything"], unknown: ["typo"] });
  });
});

describe("what follows up on an alert", () => {
  it("is for those who were told that it began", () => {
    expect(chosen("alert.resolved", {}, ["alerts", "off", "removed"]).names).toEqual(["alerts"]);
    expect(chosen("alert.acknowledged", { notification_channels: ["errors"] }, ["alerts"]).names).toEqual([
      "alerts",
    ]);
  });

  it("goes by the table where nobody was", () => {
    expect(chosen("alert.resolved", { level: "critical" }).names).toEqual(["everything", "alerts"]);
    expect(chosen("alert.triggered", { level: "error" }, ["alerts"]).names).toEqual(["everything"]);
  });
});
