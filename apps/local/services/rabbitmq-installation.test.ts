import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { temporaryHome } from "../../../test/temporary-home.ts";
import { programEnvironment, unpackedRabbitMq } from "./rabbitmq-installation.ts";
import { runCommand } from "./run-command.ts";

let cacheDir: string;
beforeEach(async () => {
  cacheDir = await temporaryHome();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cacheDir, { recursive: true });
});

const unpack = (lines: string[] = []) => unpackedRabbitMq({ cacheDir, progress: (line) => lines.push(line) });

it("says that there must be no space in the path, before it downloads anything", async () => {
  const spaced = unpackedRabbitMq({ cacheDir: join(cacheDir, "a folder"), progress: () => {} });
  await expect(spaced).rejects.toThrow(/^RabbitMQ runs from no path with a space.*set XDG_CACHE_HOME/);
  expect(await readdir(cacheDir)).toEqual([]);
});

if (existsSync("/usr/bin/apt-get")) {
  it("makes one installation that works when two start at once, and keeps it", async () => {
    const lines: string[] = [];
    const [installation, other] = await Promise.all([unpack(lines), unpack()]);
    expect(other).toEqual(installation);
    expect(await readdir(cacheDir)).toEqual([expect.stringMatching(/^rabbitmq-(debian|ubuntu)-/)]);
    expect(lines).toContain("unpacking them");

    const print = "io:put_chars(erlang:system_info(otp_release)), halt(0).";
    const release = await runCommand("erl", ["-noshell", "-eval", print], {
      env: programEnvironment(installation),
    });
    expect(Number(release)).toBeGreaterThanOrEqual(23);
    expect(existsSync(join(installation.scripts, "rabbitmq-server"))).toBe(true);

    vi.stubEnv("PATH", ""); // No apt now.
    expect(await unpack()).toEqual(installation);
  }, 120_000);

  it("leaves nothing behind when the packages cannot be had", async () => {
    vi.stubEnv("http_proxy", "http://127.0.0.1:9");
    vi.stubEnv("https_proxy", "http://127.0.0.1:9");
    await expect(unpack()).rejects.toThrow("Unable to locate package rabbitmq-server");
    expect(await readdir(cacheDir)).toEqual([]);
  });
} else {
  it("says that there must be apt", async () => {
    await expect(unpack()).rejects.toThrow("on Debian and Ubuntu only");
  });
}
