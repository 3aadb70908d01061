import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryHome } from "../../test/temporary-home.ts";
import { findBroker, findPlatform, SettingsError } from "./settings.ts";

const run = {
  url: "http://127.0.0.1:8218/",
  amqpUrl: "amqp://u:p@127.0.0.1:5672/",
  databaseUrl: "postgres://127.0.0.1/telemetry",
  pid: process.pid,
};

let root: string;
beforeAll(async () => {
  root = await temporaryHome();
});
afterAll(() => rm(root, { recursive: true }));

/** A home with these files in it. */
async function homeWith(name: string, files: Record<string, string>): Promise<string> {
  const home = join(root, name);
  await mkdir(home, { recursive: true });
  for (const [file, content] of Object.entries(files)) await writeFile(join(home, file), content);
  return home;
}

const running = (name: string, changes: Partial<typeof run> = {}) =>
  homeWith(name, { "run.json": JSON.stringify({ ...run, ...changes }), "api-key": "kept-key\n" });

describe("findPlatform", () => {
  it("takes the platform that the environment names", () => {
    const environment = { TELEMETRY_URL: "https://telemetry.example.com/prod/", TELEMETRY_API_KEY: "k" };
    expect(findPlatform(environment)).toEqual({ url: "https://telemetry.example.com/prod", apiKey: "k" });
  });

  it("finds a local run and its key by the run's home", async () => {
    const platform = findPlatform({ TELEMETRY_HOME: await running("run") });
    expect(platform).toEqual({ url: "http://127.0.0.1:8218", apiKey: "kept-key", run });
  });

  it("prefers a key of the environment to the kept one, and takes an empty variable for none", async () => {
    const TELEMETRY_HOME = await running("key");
    expect(findPlatform({ TELEMETRY_HOME, TELEMETRY_API_KEY: "mine" }).apiKey).toBe("mine");
    expect(findPlatform({ TELEMETRY_HOME, TELEMETRY_API_KEY: "", TELEMETRY_URL: "" }).apiKey).toBe(
      "kept-key",
    );
  });

  it("says what to do where there is no platform", async () => {
    const TELEMETRY_HOME = await homeWith("empty", {});
    expect(() => findPlatform({ TELEMETRY_HOME })).toThrow(
      `no platform found (there is no ${TELEMETRY_HOME}/run.json): start one with npm start, or set TELEMETRY_URL and TELEMETRY_API_KEY`,
    );
  });

  it("says so where the run has ended without taking its file along", async () => {
    // Above the largest pid that Linux gives out.
    const TELEMETRY_HOME = await running("ended", { pid: 4_194_305 });
    expect(() => findPlatform({ TELEMETRY_HOME })).toThrow(
      /\(pid 4194305\) has ended: start one with npm start/,
    );
  });

  it.each([
    [{ TELEMETRY_URL: "http://localhost:1" }, "TELEMETRY_API_KEY is not: set both"],
    [{ TELEMETRY_URL: "localhost:8218" }, "TELEMETRY_URL: expected an http:// or https:// URL"],
    [{ TELEMETRY_HOME: "x", RABBITMQ_URL: "localhost" }, "RABBITMQ_URL: expected an amqp:// or amqps:// URL"],
  ])("names the variable that is wrong in %j", (environment, message) => {
    expect(() => findPlatform(environment)).toThrow(SettingsError);
    expect(() => findPlatform(environment)).toThrow(message);
  });

  it("names the file that is not as it should be", async () => {
    const broken = await homeWith("broken", { "run.json": "{" });
    expect(() => findPlatform({ TELEMETRY_HOME: broken })).toThrow(
      `${broken}/run.json is not as "telemetry up"`,
    );
    const keyless = await homeWith("keyless", { "run.json": JSON.stringify(run) });
    expect(() => findPlatform({ TELEMETRY_HOME: keyless })).toThrow(`no API key in ${keyless}/api-key`);
  });
});

describe("findBroker", () => {
  it("takes the environment's broker, else the local run's", async () => {
    const TELEMETRY_HOME = await running("broker");
    expect(findBroker({ TELEMETRY_HOME })).toBe(run.amqpUrl);
    expect(findBroker({ TELEMETRY_HOME, RABBITMQ_URL: "amqps://mq.example.com" })).toBe(
      "amqps://mq.example.com",
    );
  });

  it("adds user, password and authorities from variables of their own [BUS-18]", () => {
    const RABBITMQ_URL = "amqps://mq.example.com:5671/%2F";
    const variables = { RABBITMQ_USER: "shop.1", RABBITMQ_PASS: "p:@/", RABBITMQ_CA_FILE: "/etc/own ca.pem" };
    expect(findBroker({ RABBITMQ_URL, ...variables })).toBe(
      "amqps://shop.1:p%3A%40%2F@mq.example.com:5671/%2F?cacertfile=%2Fetc%2Fown+ca.pem",
    );
  });

  it("does not take the local run's broker for that of a platform elsewhere", async () => {
    const environment = {
      TELEMETRY_HOME: await running("other"),
      TELEMETRY_URL: "https://telemetry.example.com",
    };
    expect(() => findBroker(environment)).toThrow("set RABBITMQ_URL");
  });
});
