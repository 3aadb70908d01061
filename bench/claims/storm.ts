import type { RunningPlatform } from "../bench.ts";
import { below, type Claim, ms, withinOfFloor } from "../claim.ts";
import { type HttpClient, openHttp } from "../http.ts";
import { interleave, machineMs, median, until } from "../measure.ts";
import { expectStored } from "../stored.ts";

const DEVICES = 10_000;
const ALERTS = "/api/v1/telemetry/alerts";

/** As when the power of a site fails: every device breaches one rule in one moment. */
export const storm: Claim = {
  name: "storm",
  async run(bench) {
    const devices = bench.scaled(DEVICES);
    const [calm, stormy] = [await bench.platform(), await bench.platform()];
    const alerted: number[] = [];
    const measured = (platform: RunningPlatform, breach: boolean) => async (round: number) => {
      const http = openHttp(platform.url, platform.apiKey);
      const ruleId = breach ? await createRule(http, metricOf(round)) : undefined;
      const sentAt = machineMs();
      await report(http, metricOf(round), devices);
      await expectStored(platform, (round + 1) * devices);
      const storedMs = machineMs() - sentAt;
      if (ruleId) {
        await until("the alert of every device", async () => (await openAlerts(http, ruleId)) === devices);
        alerted.push(machineMs() - sentAt);
      }
      http.close();
      return storedMs;
    };
    const times = await interleave(bench.rounds, {
      floor: measured(calm, false),
      ours: measured(stormy, true),
    });
    return [
      {
        claim: `${devices} devices breach a rule at once, until all is stored; floor: without the rule`,
        ours: median(times.ours),
        floor: median(times.floor),
        unit: ms,
        reach: withinOfFloor(1.5),
      },
      {
        claim: `${devices} devices breach a rule at once, until the alert of each is listed`,
        ours: median(alerted.slice(1)),
        unit: ms,
        reach: below(60_000, ms),
      },
    ];
  },
};

/** A metric of its own for each round: where an alert is open, there is no other. */
const metricOf = (round: number): string => `storm_${round}`;

async function createRule(http: HttpClient, metric_name: string): Promise<string> {
  const rule = { name: "Breached", metric_name, condition: ">", threshold_value: 1 };
  const { status, text } = await http.ask({
    method: "POST",
    path: `${ALERTS}/rules`,
    body: JSON.stringify(rule),
  });
  if (status !== 201) throw new Error(`expected a rule, got ${status} ${text}`);
  return JSON.parse(text).rule_id;
}

async function report(http: HttpClient, metric_name: string, devices: number): Promise<void> {
  const point = { timestamp: new Date().toISOString(), metric_name, value: 2 };
  const body = Object.fromEntries(Array.from({ length: devices }, (_, i) => [`storm-${i}`, [point]]));
  await http.send({ method: "POST", path: "/api/v1/telemetry/bulk", body: JSON.stringify(body) });
}

async function openAlerts(http: HttpClient, ruleId: string): Promise<number> {
  const path = `${ALERTS}?rule_id=${ruleId}&limit=1`;
  return JSON.parse(await http.send({ method: "GET", path })).active_count;
}
