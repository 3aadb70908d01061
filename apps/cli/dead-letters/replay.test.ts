import { afterEach, expect, it } from "vitest";
import { type AnsweringServer, startAnsweringServer } from "../../../test/answering-server.ts";
import { type RunningTelemetry, startTelemetry } from "../../../test/telemetry.ts";

const AS_OF = "2026-07-07T12:00:00Z";

/** A platform on which so many are dead, which tells its caller's progress to `onPage`. */
async function platformWith(dead: number, onPage: (replayed: number) => void = () => {}, pageSize = 500) {
  let replayed = 0;
  return startAnsweringServer(({ body }) => {
    const { dry_run, limit } = body as { dry_run?: boolean; limit?: number };
    const page = dry_run ? 0 : Math.min(limit ?? dead, pageSize, dead - replayed);
    replayed += page;
    if (!dry_run) onPage(replayed);
    const answer = { as_of: AS_OF, replayed: page, remaining: dead - replayed, not_dead: 0, refused: [] };
    return { status: 200, body: { ...answer, groups: [] } };
  });
}

let server: AnsweringServer | undefined;
afterEach(() => server?.close());

const replay = (...args: string[]): RunningTelemetry =>
  startTelemetry(["dead-letters", "replay", ...args], {
    env: { TELEMETRY_URL: server?.url ?? "", TELEMETRY_API_KEY: "key_x.y" },
  });

it("replays thousands in pages, each as of the first answer [BUS-12]", async () => {
  server = await platformWith(1_800);
  const running = replay("--all");
  expect(await running.ended).toBe(0);
  expect(running.out).toBe("1800 replayed\n");
  const [plan, ...pages] = server.asked.map(({ body }) => body);
  expect(plan).toEqual({ all: true, dry_run: true });
  expect(pages).toEqual([500, 500, 500, 300].map((limit) => ({ all: true, as_of: AS_OF, limit })));
});

it("replays no more than it is told to", async () => {
  server = await platformWith(1_800);
  const running = replay("--queue", "q", "--limit", "700", "--json");
  expect(await running.ended).toBe(0);
  expect(JSON.parse(running.out)).toMatchObject({ replayed: 700, remaining: 1_100 });
});

it("stops on Ctrl-C between two pages, and says what was done and how to go on [BUS-12]", async () => {
  let running: RunningTelemetry | undefined;
  server = await platformWith(5_000, (replayed) => {
    if (replayed === 1_000) running?.signal("SIGINT");
  });
  running = replay("--all");
  expect(await running.ended).toBe(130);
  const done = Number(/^(\d+) replayed/.exec(running.out)?.[1]);
  expect(done).toBeGreaterThanOrEqual(1_000);
  expect(running.out).toBe(`${done} replayed, ${5_000 - done} remain\n`);
  expect(running.err).toContain(`to go on, give the same command with --as-of ${AS_OF}`);
});

it("goes on with a page that failed in passing, and gives up on one that never comes", async () => {
  let failures = 0;
  server = await startAnsweringServer(({ body }) => {
    const { dry_run } = body as { dry_run?: boolean };
    if (!dry_run && failures++ === 0) return { status: 503, headers: { "retry-after": "0" } };
    const [replayed, remaining] = dry_run ? [0, 3] : [3, 0];
    const answer = { as_of: AS_OF, replayed, remaining, not_dead: 0, refused: [], groups: [] };
    return { status: 200, body: answer };
  });
  const running = replay("--all");
  expect(await running.ended).toBe(0);
  expect(running.out).toBe("3 replayed\n");

  await server.close();
  server = await platformWith(10, undefined, 0);
  const held = replay("--all");
  expect(await held.ended).toBe(1);
  expect(held.err).toContain("0 replayed; 10 are held by another replay");
});
