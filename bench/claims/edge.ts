import { rm } from "node:fs/promises";
import { join } from "node:path";
import { agentEnvironment } from "../../apps/edge/environment.ts";
import { temporaryHome } from "../../test/temporary-home.ts";
import type { Bench } from "../bench.ts";
import { atLeast, below, type Claim, perSecond, type Row, type Unit } from "../claim.ts";
import { expectExactly, interleave, median } from "../measure.ts";
import type { Worker } from "../worker.ts";
import type { EdgeAgent } from "../workers/edge-agent.ts";
import type { EdgeLoad } from "../workers/edge-load.ts";
import { appendingLoop } from "./buffer.ts";

const CONNECTIONS = [1, 16, 256];
/** In a request: what a service sends that gathers a little, and one that does not. */
const GATHERED = 100;
const IDLE_MS = 5_000;
/** What rsyslog's disk queue takes on this kind of machine, of which it may lose 500 at kill -9. */
const RSYSLOG = 69_000;

const percent: Unit = (share) => `${share.toFixed(2)} %`;
const megabytes: Unit = (bytes) => `${Math.round(bytes / 1e6)} MB`;

/**
 * Log entries that the edge agent has answered with 202, each on disk by then, beside a loop that appends as many
 * bytes to a file and fsyncs after as many entries as come at once.
 */
export const edge: Claim = {
  name: "edge",
  async run(bench) {
    const home = await temporaryHome();
    try {
      const [agent, load] = [
        await bench.worker<EdgeAgent>("edge-agent", agentEnvironment(process.env)),
        await bench.worker<EdgeLoad>("edge-load"),
      ];
      const rows: Row[] = [];
      for (const entries of [GATHERED, 1]) {
        for (const connections of CONNECTIONS) {
          rows.push(await acknowledged({ bench, agent, load, home, connections, entries }));
        }
      }
      return [...rows, ...(await idle(agent, home, bench.scaled(IDLE_MS)))];
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  },
};

interface Side {
  bench: Bench;
  agent: Worker<EdgeAgent>;
  load: Worker<EdgeLoad>;
  home: string;
  connections: number;
  entries: number;
}

async function acknowledged({ bench, agent, load, home, connections, entries }: Side): Promise<Row> {
  const most = entries === 1 ? 60_000 : 300_000;
  const requests = bench.scaled(Math.min(most / entries, connections * 1_000));
  const total = requests * entries;
  const name = `${connections}-${entries}`;

  async function ours(round: number): Promise<number> {
    const directory = join(home, `${name}-${round}`);
    const url = await agent.call("start", { directory });
    const ms = await load.call("run", { url, connections, entries, requests });
    expectExactly("entries in the buffer", total, await agent.call("waiting"));
    await agent.call("stop");
    await rm(directory, { recursive: true });
    return (total * 1_000) / ms;
  }

  const rates = await interleave(bench.rounds, {
    floor: (round) => appendingLoop(join(home, `floor-${name}-${round}`), connections * entries, total),
    ours,
  });
  const what = entries === 1 ? "one in each request" : `${entries} in each request`;
  const row: Row = {
    claim: `log entries/s answered by the edge agent after fsync, ${connections} connections, ${what}`,
    ours: median(rates.ours),
    floor: median(rates.floor),
    unit: perSecond,
  };
  // One in each request is bound by HTTP, not by the disk; see README.md.
  return entries === GATHERED && connections === Math.max(...CONNECTIONS)
    ? { ...row, reach: atLeast(RSYSLOG, perSecond) }
    : row;
}

async function idle(agent: Worker<EdgeAgent>, home: string, ms: number): Promise<Row[]> {
  await agent.call("start", { directory: join(home, "idle") });
  const { cpuPercent, rssBytes } = await agent.call("idle", { ms });
  await agent.call("stop");
  return [
    { claim: "of a core, the edge agent idle", ours: cpuPercent, unit: percent, reach: below(2, percent) },
    {
      claim: "memory of the edge agent, after the above and idle",
      ours: rssBytes,
      unit: megabytes,
      reach: below(400e6, megabytes),
    },
  ];
}
