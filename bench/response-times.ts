import type { Bench } from "./bench.ts";
import { below, ms, type Row, withinOfFloor } from "./claim.ts";
import type { HttpRequest } from "./http.ts";
import { interleave, median, percentile } from "./measure.ts";
import type { Worker } from "./worker.ts";
import type { HttpLoad } from "./workers/http-load.ts";

export interface ResponseTimes {
  /** What is answered. */
  claim: string;
  requests: HttpRequest[];
  perSecond: number;
  /** What the p95 must stay under; none where it is measured for the record only. */
  belowMs?: number;
  /** The requirements that set this limit. */
  ids?: readonly string[];
  /** The same questions to the floor. */
  floor?: { load: Worker<HttpLoad>; requests: HttpRequest[] };
}

const SECONDS = 5;
const MOST_OF_FLOOR = 1.5;

/** The p95 of the answers' times at an even pace: a row beside the floor, and a row beside the limit. */
export async function responseTimes(
  bench: Bench,
  load: Worker<HttpLoad>,
  asked: ResponseTimes,
): Promise<Row[]> {
  const { claim, requests, perSecond, belowMs, ids = [], floor } = asked;
  const pace = { perSecond, seconds: bench.scaled(SECONDS) };
  const times = await interleave(bench.rounds, {
    floor: async () => (floor ? floor.load.call("pace", { ...pace, requests: floor.requests }) : undefined),
    ours: async () => load.call("pace", { ...pace, requests }),
  });
  const at = (share: number, rounds: (Float64Array | undefined)[]) =>
    median(rounds.map((each) => percentile(each ?? [], share)));
  const row = {
    claim: `${claim}, ${perSecond} requests/s: p95`,
    ours: at(0.95, times.ours),
    p50: at(0.5, times.ours),
    unit: ms,
  };
  const rows: Row[] = [];
  if (floor) {
    const besideFloor = { ...row, floor: at(0.95, times.floor) };
    rows.push(belowMs === undefined ? besideFloor : { ...besideFloor, reach: withinOfFloor(MOST_OF_FLOOR) });
  }
  if (belowMs !== undefined) rows.push({ ...row, reach: below(belowMs, ms), ids });
  return rows;
}
