import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startParent } from "../../../test/parent-process.ts";
import { temporaryHome } from "../../../test/temporary-home.ts";
import { type LaunchOptions, launch, type OrphanGuard, waitUntil } from "./process.ts";
import { isRunning, processTree } from "./process-table.ts";

let folder: string;
beforeAll(async () => {
  folder = await temporaryHome();
});
afterAll(() => rm(folder, { recursive: true }));

function shell(script: string, more: Partial<LaunchOptions> = {}) {
  const logFile = join(folder, `${Math.random()}.log`);
  return launch({ name: "the shell", command: "/bin/sh", args: ["-c", script], logFile, ...more });
}

const forever = "trap '' INT; while :; do sleep 0.05; done";

describe("launch", () => {
  it("says why a program could not be started", async () => {
    const started = launch({
      name: "it",
      command: "/nowhere/at-all",
      logFile: join(folder, "x"),
      orphanGuard: "watcher",
    });
    await expect(started).rejects.toThrow("it could not be started: spawn /nowhere/at-all ENOENT");
  });

  it("keeps what the process writes to either output", async () => {
    const process = await shell("echo out; echo err >&2");
    await process.exited;
    expect(await readFile(process.logFile, "utf8")).toBe("out\nerr\n");
  });
});

describe("ready", () => {
  it("waits for the condition", async () => {
    const process = await shell(`echo up; ${forever}`);
    await process.ready(async () => (await readFile(process.logFile, "utf8")) === "up\n", 5_000);
    await process.kill("SIGKILL");
  });

  it("quotes the end of the log of a process that ends before it is ready", async () => {
    const process = await shell("echo the port is taken; exit 3");
    const ready = process.ready(async () => false, 5_000);
    await expect(ready).rejects.toThrow(
      /the shell ended before it was ready \(exit code 3\).*\nthe port is taken$/,
    );
  });

  it("kills a process that is not ready by the deadline", async () => {
    const process = await shell(forever);
    await expect(process.ready(async () => false, 100)).rejects.toThrow("was not ready within 0.1 s");
    expect(isRunning(process.pid)).toBe(false);
  });
});

describe("stop", () => {
  it("asks with the signal that it is given", async () => {
    const process = await shell(`trap 'exit 7' USR1; echo up; ${forever}`);
    await process.ready(async () => (await readFile(process.logFile, "utf8")) !== "", 5_000);
    await process.stop({ signal: "SIGUSR1", deadlineMs: 5_000 });
    expect(await process.exited).toEqual({ code: 7, signal: null });
  });

  it("kills what does not stop by the deadline", async () => {
    const process = await shell(`trap '' TERM; echo up; ${forever}`);
    await process.ready(async () => (await readFile(process.logFile, "utf8")) !== "", 5_000);
    await process.stop({ signal: "SIGTERM", deadlineMs: 100 });
    expect(await process.exited).toEqual({ code: null, signal: "SIGKILL" });
  });

  it("reaches a process that was frozen", async () => {
    const process = await shell(forever);
    await process.kill("SIGSTOP");
    await process.stop({ signal: "SIGTERM", deadlineMs: 5_000 });
    expect(await process.exited).toEqual({ code: null, signal: "SIGTERM" });
  });

  it("does nothing to a process that has ended", async () => {
    const process = await shell("exit 0");
    await process.exited;
    await process.stop({ signal: "SIGTERM", deadlineMs: 5_000 });
  });
});

describe("kill", () => {
  it("reaches the children of the process too", async () => {
    const process = await shell("sleep 100 & sleep 100 & wait");
    await waitUntil(async () => processTree(process.pid).length === 3);
    const tree = processTree(process.pid);
    await process.kill("SIGKILL");
    expect(tree.filter(({ pid }) => isRunning(pid))).toEqual([]);
  });
});

describe("after a kill -9 of the parent", () => {
  it.each<OrphanGuard>(["kernel", "watcher"])(
    "the process is gone, seen to by the %s",
    async (orphanGuard) => {
      const logFile = join(folder, `${orphanGuard}.log`);
      const parent = await startParent(`
      import { launch } from "${import.meta.dirname}/process.ts";
      const args = ["-c", "while :; do sleep 0.05; done"];
      const { pid } = await launch({ name: "x", command: "/bin/sh", args, logFile: "${logFile}", orphanGuard: "${orphanGuard}" });
      say(pid);
    `);
      const pid = Number(await parent.said);
      expect(isRunning(pid)).toBe(true);
      parent.kill();
      await waitUntil(async () => !isRunning(pid));
    },
  );
});
