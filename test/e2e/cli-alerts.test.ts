import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AlertAnswer, alertOf, createRule, fresh, report } from "../alerts.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { telemetry } from "../telemetry.ts";

let platform: Platform;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  platform = await startPlatform();
  folder = await mkdtemp(join(tmpdir(), "cli-alerts-"));
  env = { TELEMETRY_URL: platform.url, TELEMETRY_API_KEY: platform.apiKey, TELEMETRY_HOME: folder };
});

afterAll(async () => {
  await platform.stop();
  await rm(folder, { recursive: true });
});

const run = (...args: string[]) => telemetry(args, { env });

async function done(...args: string[]): Promise<string> {
  const ended = await run(...args);
  expect(ended, ended.err).toMatchObject({ code: 0 });
  return ended.out;
}

async function alertOfItsOwn(): Promise<AlertAnswer> {
  const rule = await createRule(platform, { name: "Too hot" });
  const device = fresh("pump");
  await report(platform, { device, metric: String(rule.metric_name), values: [95] });
  return alertOf(platform, device);
}

describe("telemetry rules", () => {
  it("creates, lists, shows, turns off and on, and deletes a rule [FR-013]", async () => {
    const file = join(folder, "rule.json");
    const rule = { name: "Hot", metric_name: "oven_temperature", condition: ">", threshold_value: 250 };
    await writeFile(file, JSON.stringify(rule));
    const id = (await done("rules", "create", "--file", file)).trim();
    const listed = async () => done("rules", "list", "--metric", "oven_temperature");
    expect(await listed()).toMatch(new RegExp(`${id} +on +warning +oven_temperature > 250 +0 +never +Hot`));
    expect(await done("rules", "disable", id)).toBe(`${id} is off\n`);
    expect(await listed()).toMatch(new RegExp(`${id} +off`));
    expect(await done("rules", "enable", id)).toBe(`${id} is on\n`);
    expect(await done("rules", "show", id)).toMatch(/^threshold value +250$/m);
    expect(JSON.parse(await done("rules", "show", id, "--json"))).toMatchObject({ rule_id: id, ...rule });
    expect(await done("rules", "delete", id)).toBe(`${id} is deleted\n`);
    expect(await run("rules", "show", id)).toMatchObject({ code: 1, err: expect.stringContaining("404") });
  });

  it("takes a rule from standard input, and says by name what is wrong with it", async () => {
    const input = JSON.stringify({ name: "n", metric_name: "m", condition: "~", threshold_value: 1 });
    const refused = await telemetry(["rules", "create", "--file", "-"], { env, input });
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("condition") });
    expect(await telemetry(["rules", "create", "--file", "-"], { env, input: "hot" })).toMatchObject({
      code: 2,
      err: expect.stringContaining("standard input is not JSON"),
    });
  });

  it("previews a rule that is there and one that is not", async () => {
    const { rule_id, device_id, metric_name } = await alertOfItsOwn();
    expect(await done("rules", "preview", rule_id)).toMatch(
      new RegExp(`still open +threshold +1 +${device_id}`),
    );
    const cooler = { name: "Cool", metric_name, condition: "<", threshold_value: 10 };
    const input = JSON.stringify(cooler);
    const none = await telemetry(["rules", "preview", "--file", "-"], { env, input });
    expect(none).toMatchObject({ code: 0, out: "", err: "0 alerts by 1 points of 1 devices\n" });
    expect(await run("rules", "preview")).toMatchObject({ code: 2 });
  });
});

describe("telemetry alerts", () => {
  it("lists what is active, shows one, acknowledges and resolves it [FR-015]", async () => {
    const { alert_id: id, device_id: device } = await alertOfItsOwn();
    const listed = await run("alerts", "list", "--device", device);
    expect(listed.out).toMatch(new RegExp(`${id} .*active +warning +Too hot .*is 95 \\(> 90\\)`));
    expect(listed.err).toBe("1, 1 open, 0 critical\n");
    expect(await done("alerts", "ack", id, "--note", "on my way")).toBe(`${id} is acknowledged\n`);
    expect(await done("alerts", "list", "--device", device)).toBe("");
    expect(await done("alerts", "resolve", id)).toBe(`${id} is resolved\n`);
    const shown = await done("alerts", "show", id);
    expect(shown).toMatch(/^acknowledged +\S+ by key_admin: on my way$/m);
    expect(shown).toMatch(/^resolved +\S+ by key_admin$/m);
    const all = JSON.parse(await done("alerts", "list", "--status", "all", "--device", device, "--json"));
    expect(all).toMatchObject({ count: 1, alerts: [{ alert_id: id, status: "resolved" }] });
    expect(await run("alerts", "resolve", id)).toMatchObject({
      code: 1,
      err: expect.stringContaining("409"),
    });
  });
});

describe("telemetry silences", () => {
  it("creates, lists and ends a silence", async () => {
    const args = ["--device", "pump-7", "--level", "warning", "--minutes", "10", "--reason", "new bearing"];
    const id = (await done("silences", "create", ...args)).trim();
    expect(await done("silences", "list")).toMatch(new RegExp(`${id} .*pump-7, warning +new bearing`));
    expect(await done("silences", "delete", id)).toBe(`${id} has ended\n`);
    expect(await done("silences", "list")).toBe("");
  });

  it.each([
    [[], "expected --minutes or --ends-at"],
    [["--minutes", "5", "--ends-at", "2030-01-01T00:00:00Z"], "expected --minutes or --ends-at"],
    [["--minutes", "5", "--starts-at", "noon"], "--starts-at: expected an RFC 3339 time"],
    [["--minutes", "5", "--level", "fatal"], "--level: expected one of info"],
  ])("refuses %j as asked for wrongly", async (args, message) => {
    const refused = await run("silences", "create", "--reason", "r", ...args);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });
});
