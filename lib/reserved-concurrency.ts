import type { FunctionRow } from "../functions/manifest-row.ts";
import { topology } from "../layers/topology/topology.ts";
import { connectionLimit } from "./broker-limits.ts";
import { consumedQueues } from "./consumed-queues.ts";
import type { EnvironmentSettings } from "./environments.ts";

/** Of one event source: how many AWS's poller opens is not documented. */
const CONNECTIONS_PER_POLLER = 2;
/** Of one process of a function: its own, and the one that ingest has beside it. */
const CONNECTIONS_PER_PROCESS = 2;
/** Left for deploys, subscribers and people. */
const SPARE_SHARE = 0.2;
/** Beyond this many connections Lambda's own limit of an account (1,000 at a time) comes first. */
const LARGE = 2_000;
/** Who takes in what comes shares what is left four times over. */
const shareOf = ({ name }: FunctionRow): number => (name.startsWith("ingest-") ? 4 : 1);

type Sized = Pick<EnvironmentSettings, "name" | "broker" | "partitions">;

/**
 * How often each function may run at a time, so that all of them together never open more connections than a small
 * broker takes. A larger broker takes more than Lambda runs, and nothing is reserved.
 *
 * @throws {Error} if the broker is too small for one process of each
 */
export function reservedConcurrency(
  rows: readonly FunctionRow[],
  { name, broker, partitions }: Sized,
): ReadonlyMap<string, number> {
  const limit = connectionLimit(broker);
  if (limit > LARGE) return new Map();
  const connected = rows.filter(({ needs }) => needs.includes("broker"));
  const pollers = consumedQueues(rows, topology({ partitions }));
  const fixed = new Map(connected.filter((row) => !isServed(row)).map((row) => [row.name, turnsOf(row)]));
  const served = connected.filter(isServed);
  const used = sum([...fixed.values()]) * CONNECTIONS_PER_PROCESS + pollers.length * CONNECTIONS_PER_POLLER;
  const left = Math.floor((limit * (1 - SPARE_SHARE) - used) / CONNECTIONS_PER_PROCESS);
  const shares = sum(served.map(shareOf));
  if (left < shares) {
    throw new Error(
      `lib/environments.ts: ${name}: expected a broker that takes ${Math.ceil((used + shares * CONNECTIONS_PER_PROCESS) / (1 - SPARE_SHARE))} connections, ${broker.instanceType} takes ${limit}: choose a larger one, or fewer partitions`,
    );
  }
  const perShare = Math.floor(left / shares);
  return new Map([...fixed, ...served.map((row) => [row.name, shareOf(row) * perShare] as const)]);

  /** Of a queue one batch is handled at a time; a run by the clock may meet the one before it. */
  function turnsOf(row: FunctionRow): number {
    return Math.max(2, pollers.filter((poller) => poller.row === row).length);
  }
}

/** Runs as often as somebody asks. */
const isServed = ({ triggers }: FunctionRow): boolean =>
  triggers.some(({ kind }) => kind === "route" || kind === "socket");

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
