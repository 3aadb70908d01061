import { rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { startPostgres } from "../../apps/local/services/postgres.ts";
import { freshVhost } from "../fresh.ts";
import { temporaryHome } from "../temporary-home.ts";
import { Ledger } from "./ledger.ts";
import { grown, startLoad } from "./load.ts";
import { startOn } from "./place.ts";
import { seededRandom } from "./random.ts";
import { allStored, tallyOf } from "./tally.ts";
import { workOff } from "./work-off.ts";

export interface OutageOptions {
  /** It is gone and refuses connections, or it keeps them and never answers. */
  postgres: "killed" | "frozen";
  outageMs: number;
  /** See `LoadOptions`. */
  meanPauseMs?: number;
}

/** Points and events that must be taken per second at least, to call it going on. */
const GOING_ON = 100;

/** Takes PostgreSQL away under load, and brings it back on the same data. */
export async function survivesPostgresOutage(options: OutageOptions): Promise<void> {
  const { outageMs, meanPauseMs } = options;
  const random = seededRandom();
  const home = await temporaryHome();
  const vhost = await freshVhost();
  let postgres = await startPostgres({ home });
  const place = { amqpUrl: vhost.url, databaseUrl: postgres.url };
  const runtime = await startOn(place);
  try {
    const ledger = new Ledger();
    const load = startLoad({ url: () => runtime.url, ledger, random, meanPauseMs });
    await grown(ledger, 1_000);

    await postgres.kill(options.postgres === "killed" ? "SIGKILL" : "SIGSTOP");
    for (const half of ["first", "second"]) {
      const before = ledger.size;
      await pause(outageMs / 2);
      const taken = (ledger.size - before) / (outageMs / 2_000);
      expect(taken, `taken per second in the ${half} half`).toBeGreaterThan(GOING_ON);
    }
    if (options.postgres === "killed") postgres = await startPostgres({ home });
    else await postgres.kill("SIGCONT");

    await grown(ledger, 500);
    await load.stop();
    expect(load.failures).toEqual({});
    await runtime.stop();
    await workOff(place);
    const title = `PostgreSQL ${options.postgres} for ${outageMs / 1_000} s`;
    expect(await tallyOf(title, place, ledger, random.seed)).toEqual(allStored(ledger));
  } finally {
    await runtime.stop();
    await postgres.kill("SIGKILL");
    await Promise.all([vhost.drop(), rm(home, { recursive: true, force: true })]);
  }
}
