import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryHome } from "../temporary-home.ts";
import { findSystemd, type Systemd } from "./systemd.ts";

const run = promisify(execFile);
const unitFile = new URL("../../apps/edge/packaging/telemetry-edge.service", import.meta.url);

describe.runIf(process.platform === "linux")("the agent's unit, to systemd", () => {
  let systemd: Systemd;
  let folder: string;
  let path: string;

  beforeAll(async () => {
    [systemd, folder] = await Promise.all([findSystemd(), temporaryHome()]);
    path = join(folder, "telemetry-edge.service");
    // It looks for the program, too.
    const unit = await readFile(unitFile, "utf8");
    await writeFile(path, unit.replace("/usr/bin/telemetry", process.execPath));
  });

  afterAll(() => rm(folder, { recursive: true }));

  const analyze = (...args: string[]) =>
    run(systemd.analyze, [...args, path], { env: { ...process.env, ...systemd.env } });

  it("has no fault", async () => {
    const { stderr } = await analyze("verify");
    // The units of a systemd that is not installed are linked by other paths than it expects.
    expect(stderr.split("\n").filter((line) => line && !line.startsWith("Suspicious symlink"))).toEqual([]);
  });

  it("could do next to nothing to the machine", async () => {
    const { stdout } = await analyze("security", "--offline=true", "--threshold=20");
    expect(Number(/exposure level for \S+: (\d+\.\d)/.exec(stdout)?.[1])).toBeLessThan(2);
  });
});
