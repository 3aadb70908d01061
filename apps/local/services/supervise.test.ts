import { rm } from "node:fs/promises";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { temporaryHome } from "../../../test/temporary-home.ts";
import { type PostgresService, startPostgres } from "./postgres.ts";
import { waitUntil } from "./process.ts";
import { isRunning, processTree } from "./process-table.ts";
import { type Supervised, supervise } from "./supervise.ts";

let home: string;
let supervised: Supervised<PostgresService> | undefined;
const lines: string[] = [];
const reported = (line: RegExp) => waitUntil(async () => lines.some((each) => line.test(each)));

beforeAll(async () => {
  home = await temporaryHome();
});
afterAll(() => rm(home, { recursive: true }));
afterEach(async () => {
  await supervised?.stop();
  lines.length = 0;
});

function supervisePostgres(start = () => startPostgres({ home })) {
  return supervise({ name: "PostgreSQL", start, report: (line) => lines.push(line), firstPauseMs: 20 });
}

it("starts a service again that dies unasked, at the same address", async () => {
  supervised = await supervisePostgres();
  const first = supervised.current();

  await first.kill("SIGKILL");
  await reported(/^PostgreSQL runs again$/);

  expect(supervised.current().pid).not.toBe(first.pid);
  const client = new Client({ connectionString: first.url });
  await client.connect();
  await client.end();
  expect(lines[0]).toBe(`PostgreSQL died (SIGKILL); its log is ${first.logFile}`);
});

it("tries again, after growing pauses, when it cannot be started", async () => {
  const troubles = [new Error("the disk is full"), new Error("the disk is still full")];
  const start = vi.fn(() => startPostgres({ home }));
  supervised = await supervisePostgres(start);
  start.mockRejectedValueOnce(troubles[0]).mockRejectedValueOnce(troubles[1]);

  await supervised.current().kill("SIGKILL");
  await reported(/runs again/);

  expect(lines.slice(1)).toEqual([
    "PostgreSQL could not be started again: the disk is full",
    "PostgreSQL could not be started again: the disk is still full",
    "PostgreSQL runs again",
  ]);
});

it("leaves a service stopped that it was told to stop", async () => {
  supervised = await supervisePostgres();
  const { pid } = supervised.current();
  await supervised.stop();
  expect(isRunning(pid)).toBe(false);
  expect(lines).toEqual([]);
});

it("leaves nothing behind when it is told to stop during a restart", async () => {
  supervised = await supervisePostgres();
  await supervised.current().kill("SIGKILL");
  await reported(/died/);
  await supervised.stop();
  expect(processTree(process.pid)).toHaveLength(1);
});

it("fails when the first start does", async () => {
  const refused = supervisePostgres(() => Promise.reject(new Error("there is no such program")));
  await expect(refused).rejects.toThrow("there is no such program");
});
