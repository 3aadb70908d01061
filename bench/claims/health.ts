import type { Claim } from "../claim.ts";
import { responseTimes } from "../response-times.ts";

const routes = [
  { path: "/health", perSecond: 50, belowMs: 20, ids: ["E6-US3 AC2"] },
  { path: "/health/detailed", perSecond: 20, belowMs: 50, ids: ["E6-US4 AC4"] },
];

/** What load balancers and operators ask again and again. */
export const health: Claim = {
  name: "health",
  async run(bench) {
    const platform = await bench.platform();
    const load = await bench.load(platform);
    const rows = [];
    for (const { path, ...limits } of routes) {
      const requests = [{ method: "GET" as const, path }];
      rows.push(...(await responseTimes(bench, load, { claim: `GET ${path}`, requests, ...limits })));
    }
    return rows;
  },
};
