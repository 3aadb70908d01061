import { setTimeout as pause } from "node:timers/promises";
import { replayMessage, returnableQueues } from "../../layers/broker/replay.ts";
import { RefusedError } from "../../layers/core/errors.ts";
import { formatTime, type Micros, parseTime } from "../../layers/core/time.ts";
import type { DeadLetterGroup, DeadLetterSelection } from "../../layers/storage/registry/port.ts";
import { filterOf } from "./describe.ts";
import type { DeadLetterDependencies } from "./handler.ts";
import type { ReplayAnswer, ReplayRequest } from "./schema.ts";

/** Steps are small, so that little is published twice when one is cut off. */
const STEP = { letters: 200, bytes: 8 * 1_024 * 1_024 };
/** The last step may take the broker's whole deadline on top, and API Gateway waits for 29 s. */
const BUDGET_MS = 15_000;
/** Another one is at the same dead letters: it needs no longer than this to mark them. */
const CONTENDED_MS = 50;

type ReplayDependencies = Pick<
  DeadLetterDependencies,
  "broker" | "bus" | "clock" | "logger" | "registry" | "topology"
>;

/**
 * Replays what is asked for, step by step, each confirmed and marked before the next.
 *
 * @throws {RefusedError} 422 there is no queue any more for any of it
 * @throws {UnavailableError} not even the first step could be done
 */
export async function replay(
  request: ReplayRequest,
  now: Micros,
  dependencies: ReplayDependencies,
): Promise<ReplayAnswer> {
  const { deadLetters } = dependencies.registry;
  const selection = selectionOf(request, now);
  const groups = await deadLetters.plan(selection);
  const queues = await queuesOf(groups, dependencies);
  const before = divide(groups, queues);
  if (!request.dry_run) refuseWithoutQueue(before);
  const replayed = request.dry_run ? 0 : await steps(selection, { request, queues, now }, dependencies);
  const after = replayed === 0 ? before : divide(await deadLetters.plan(selection), queues);
  return {
    dry_run: request.dry_run,
    as_of: formatTime(selection.asOf),
    replayed,
    remaining: total(after.possible),
    groups: after.possible.map(describe),
    refused: after.refused.map(describe),
    not_dead: new Set(request.ids).size - (request.ids ? total([...before.possible, ...before.refused]) : 0),
  };
}

const selectionOf = ({ ids, filter, as_of }: ReplayRequest, now: Micros): DeadLetterSelection => ({
  ids,
  filter: filter && filterOf(filter),
  asOf: Math.min((as_of === undefined ? undefined : parseTime(as_of)) ?? now, now),
});

/** Those of the groups that are there: the platform's own by its table, a subscriber's by the broker's word. */
async function queuesOf(
  groups: readonly DeadLetterGroup[],
  { broker, topology }: ReplayDependencies,
): Promise<string[]> {
  const own = new Set(returnableQueues(topology));
  const named = [...new Set(groups.map(({ queue }) => queue))];
  const others = await broker.existing(named.filter((queue) => !own.has(queue)));
  return named.filter((queue) => own.has(queue) || others.has(queue));
}

interface Division {
  possible: DeadLetterGroup[];
  /** Their queue is not there. */
  refused: DeadLetterGroup[];
}

function divide(groups: readonly DeadLetterGroup[], queues: readonly string[]): Division {
  const isThere = ({ queue }: DeadLetterGroup) => queues.includes(queue);
  return { possible: groups.filter(isThere), refused: groups.filter((group) => !isThere(group)) };
}

function refuseWithoutQueue({ possible, refused }: Division): void {
  if (possible.length > 0 || refused.length === 0) return;
  const names = [...new Set(refused.map(({ queue }) => `"${queue}"`))].join(", ");
  throw new RefusedError(422, `the queue they failed in no longer exists: ${names}`);
}

interface Steps {
  request: ReplayRequest;
  queues: readonly string[];
  now: Micros;
}

/** What was done before a step failed stays done: only the first failure is thrown. */
async function steps(
  selection: DeadLetterSelection,
  { request, queues, now }: Steps,
  { bus, clock, logger, registry }: ReplayDependencies,
): Promise<number> {
  const until = clock.now() + BUDGET_MS;
  let replayed = 0;
  try {
    while (replayed < request.limit && clock.now() < until) {
      const limit = Math.min(STEP.letters, request.limit - replayed);
      const step = await registry.deadLetters.replay(
        selection,
        { queues, limit, maxBytes: STEP.bytes, now },
        (letters) => bus.publish(letters.map(replayMessage)),
      );
      if (step === undefined) break;
      replayed += step;
      if (step === 0) await pause(CONTENDED_MS);
    }
  } catch (error) {
    if (replayed === 0) throw error;
    logger.warn("a replay stopped early", { replayed, error });
  }
  return replayed;
}

const total = (groups: readonly DeadLetterGroup[]): number =>
  groups.reduce((sum, { count }) => sum + count, 0);

const describe = ({ queue, type, count }: DeadLetterGroup) => ({ queue, type: type ?? null, count });
