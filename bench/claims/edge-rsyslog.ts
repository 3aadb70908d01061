import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { temporaryHome } from "../../test/temporary-home.ts";
import { type Claim, perSecond } from "../claim.ts";
import { interleave, median } from "../measure.ts";
import { startRsyslog } from "../rsyslog.ts";
import type { LineSender } from "../workers/line-sender.ts";

const LINES = 200_000;
const LINES_AT_LEAST = 500;

/**
 * For comparison: lines that rsyslog takes over TCP into its queue on disk, its place in it written down every
 * thousand. None of them is acknowledged, and the last of them are lost at a kill -9.
 */
export const edgeRsyslog: Claim = {
  name: "edge-rsyslog",
  async run(bench) {
    // It is Debian's own package: elsewhere there is nothing to compare with.
    if (!existsSync("/usr/bin/dpkg-deb")) return [];
    const home = await temporaryHome();
    const lines = Math.ceil(bench.scaled(LINES) / LINES_AT_LEAST) * LINES_AT_LEAST;
    const sender = await bench.worker<LineSender>("line-sender");

    async function taken(round: number): Promise<number> {
      const folder = join(home, `${round}`);
      await mkdir(folder);
      const rsyslog = await startRsyslog(folder, console.log);
      const ms = await sender.call("send", { port: rsyslog.port, lines }).catch(async (error) => {
        await rsyslog.stop();
        throw error;
      });
      const queued = await rsyslog.stop();
      // More where it was about to hand some on: it queues those again as it stops.
      if (queued < lines) throw new Error(`lines in rsyslog's queue: expected ${lines}, found ${queued}`);
      await rm(folder, { recursive: true });
      return (lines * 1_000) / ms;
    }

    try {
      const rates = await interleave(bench.rounds, { rsyslog: taken });
      return [
        {
          claim: "for comparison: lines/s into rsyslog's disk queue over TCP, none acknowledged",
          ours: median(rates.rsyslog),
          unit: perSecond,
        },
      ];
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  },
};
