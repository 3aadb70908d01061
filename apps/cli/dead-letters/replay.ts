import { setTimeout as pause } from "node:timers/promises";
import { TelemetryError } from "../../../layers/core/errors.ts";
import { type Api, createApi } from "../api.ts";
import { onInterrupt } from "../interrupt.ts";
import { type Progress, startProgress } from "../progress.ts";
import { tellPause, withRetries } from "../retry.ts";
import { findPlatform } from "../settings.ts";
import { tableOf } from "../table.ts";
import { printable, type Terminal } from "../terminal.ts";
import { ReportedFailure } from "../verb.ts";
import { type Group, type ReplayAnswer, replayAnswer } from "./answers.ts";
import { type ReplayArguments, selectionOf } from "./filter.ts";

const INTERRUPTED = 130;
/** Per request: small enough that Ctrl-C is heard soon. */
const PAGE = 500;
/** Somebody else is replaying the same ones: they are looked for again, so often. */
const MOST_EMPTY_PAGES = 20;
const EMPTY_PAUSE_MS = 250;

/** @throws {ReportedFailure} 1 something stays dead, 130 stopped by Ctrl-C */
export async function runReplay(
  ids: readonly string[],
  options: ReplayArguments,
  terminal: Terminal,
): Promise<void> {
  const post = poster(createApi(findPlatform()), selectionOf(ids, options), terminal);
  const interrupt = onInterrupt();
  try {
    const plan = await post({ dry_run: true, as_of: options.asOf }, interrupt.signal);
    if (options.dryRun) return tellPlan(plan, options, terminal);
    const wanted = Math.min(plan.remaining, options.limit ?? plan.remaining);
    const done = await replayPages(plan, wanted, { post, terminal, signal: interrupt.signal });
    tellDone(plan, done, options, terminal);
    if (done.interrupted) throw new ReportedFailure(INTERRUPTED);
    const left = done.remaining > plan.remaining - wanted;
    if (left || plan.refused.length + plan.not_dead > 0) throw new ReportedFailure();
  } finally {
    interrupt.dispose();
  }
}

type Post = (body: Record<string, unknown>, signal: AbortSignal) => Promise<ReplayAnswer>;

/** A call that failed in passing is repeated: what went back twice counts once. */
function poster(api: Api, selection: Record<string, unknown>, terminal: Terminal): Post {
  const path = "/api/v1/dead-letters/replay";
  return async (body, signal) => {
    const call = () =>
      api.call({ method: "POST", path, body: { ...selection, ...body }, answer: replayAnswer });
    return (await withRetries(call, { signal, onPause: tellPause(terminal) })).body;
  };
}

interface Done {
  replayed: number;
  remaining: number;
  interrupted: boolean;
}

interface Means {
  post: Post;
  terminal: Terminal;
  signal: AbortSignal;
}

async function replayPages(plan: ReplayAnswer, wanted: number, means: Means): Promise<Done> {
  const progress = startProgress(means.terminal, wanted);
  try {
    return await pages(plan, wanted, progress, means);
  } finally {
    progress.stop();
  }
}

async function pages(
  { as_of, remaining }: ReplayAnswer,
  wanted: number,
  progress: Progress,
  { post, signal }: Means,
): Promise<Done> {
  const done: Done = { replayed: 0, remaining, interrupted: false };
  let empty = 0;
  while (done.replayed < wanted && done.remaining > 0) {
    if (signal.aborted) return { ...done, interrupted: true };
    const page = await post({ as_of, limit: Math.min(PAGE, wanted - done.replayed) }, signal);
    done.replayed += page.replayed;
    done.remaining = page.remaining;
    progress.update(done.replayed, `${done.replayed} of ${wanted} replayed`);
    empty = page.replayed === 0 ? empty + 1 : 0;
    if (empty === MOST_EMPTY_PAGES) {
      throw new TelemetryError(`${done.replayed} replayed; ${done.remaining} are held by another replay`);
    }
    if (empty > 0) await pause(EMPTY_PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
  return done;
}

function tellPlan(plan: ReplayAnswer, { json }: ReplayArguments, terminal: Terminal): void {
  const { as_of, remaining: replayable, groups, refused, not_dead } = plan;
  if (json) {
    terminal.out(JSON.stringify({ dry_run: true, as_of, replayable, groups, refused, not_dead }));
    return;
  }
  tellGroups(groups, terminal);
  terminal.err(`${replayable} would be replayed`);
  tellRest(plan, terminal);
}

function tellDone(
  plan: ReplayAnswer,
  { replayed, remaining, interrupted }: Done,
  { json }: ReplayArguments,
  terminal: Terminal,
): void {
  const { as_of, refused, not_dead } = plan;
  if (json) terminal.out(JSON.stringify({ as_of, replayed, remaining, refused, not_dead }));
  else terminal.out(`${replayed} replayed${remaining > 0 ? `, ${remaining} remain` : ""}`);
  tellRest(plan, terminal);
  if (interrupted) terminal.err(`stopped; to go on, give the same command with --as-of ${as_of}`);
}

function tellRest({ refused, not_dead }: ReplayAnswer, terminal: Terminal): void {
  for (const { queue, type, count } of refused) {
    const what = `${count} of ${type ?? "unknown type"}`;
    terminal.err(printable(`${what} stay dead: the queue ${queue} no longer exists`));
  }
  if (not_dead > 0) terminal.err(`${not_dead} of the ids are not dead: unknown, replayed or discarded`);
}

function tellGroups(groups: readonly Group[], terminal: Terminal): void {
  const rows = groups.map(({ queue, type, count }) => [String(count), type ?? "?", queue]);
  if (rows.length === 0) return;
  for (const line of tableOf([["COUNT", "TYPE", "TO QUEUE"], ...rows])) terminal.out(printable(line));
}
