import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documentedYaml } from "./documented.ts";
import { installedPrometheus } from "./installation.ts";

const run = promisify(execFile);
let promtool: string;
let folder: string;

beforeAll(async () => {
  ({ promtool } = await installedPrometheus((line) => console.log(line)));
  folder = await mkdtemp(join(tmpdir(), "rules-"));
  await writeFile(join(folder, "rules.yml"), documentedYaml().rules);
}, 600_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Series by a first value and what each minute adds. */
type Series = Readonly<Record<string, readonly [first: number, eachMinute: number]>>;

const calls = (failed: number): Series => ({
  'telemetry_events_total{type="api.latency",outcome="error"}': [0, failed],
  'telemetry_events_total{type="api.latency",outcome="ok"}': [0, 100 - failed],
});

const processing = (seconds: number): Series => ({
  telemetry_event_processing_seconds_sum: [0, 100 * seconds],
  telemetry_event_processing_seconds_count: [0, 100],
});

const HOUR = 60;

/** Whether, after an hour of these series, Prometheus fires exactly these alerts. */
async function fires(series: Series, alerts: readonly string[]): Promise<string> {
  const document = {
    rule_files: ["rules.yml"],
    tests: [
      {
        interval: "1m",
        input_series: Object.entries(series).map(([name, [first, eachMinute]]) => ({
          series: name,
          values: `${first}+${eachMinute}x${HOUR}`,
        })),
        promql_expr_test: [
          {
            expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
            eval_time: `${HOUR}m`,
            exp_samples: alerts.map((name) => ({ labels: `{alertname="${name}"}`, value: 1 })),
          },
        ],
      },
    ],
  };
  const file = join(folder, "tests.yml");
  await writeFile(file, JSON.stringify(document)); // JSON is YAML
  return run(promtool, ["test", "rules", file]).then(
    () => "as expected",
    ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}${stderr}`,
  );
}

const up = 'up{job="telemetry-bus"}';
const dead = 'telemetry_dead_letters{state="dead"}';

describe("the article's rules", () => {
  it("fire of nothing while all is well", async () => {
    const well: Series = {
      ...{ [up]: [1, 0], [dead]: [0, 0], ...calls(1), ...processing(0.01) },
      'telemetry_dead_letters{state="replayed"}': [7, 0],
      'telemetry_alerts_open{level="critical",status="acknowledged"}': [1, 0],
      'telemetry_alerts_open{level="warning",status="active"}': [3, 0],
    };
    expect(await fires(well, [])).toBe("as expected");
  });

  it("fire of what each is for", async () => {
    const ill: Series = {
      ...{ [up]: [0, 0], [dead]: [2, 0], ...calls(10), ...processing(100) },
      'telemetry_alerts_open{level="emergency",status="active"}': [1, 0],
    };
    const expected = ["Down", "DeadLetters", "Slow", "ApiErrors"].map((name) => `TelemetryBus${name}`);
    expect(await fires(ill, [...expected, "TelemetryAlertUnacknowledged"])).toBe("as expected");
  });

  it("fire of a bus that counts nothing any more", async () => {
    const silent: Series = { [up]: [1, 0], 'telemetry_events_total{type="model.queried"}': [5, 0] };
    expect(await fires(silent, ["TelemetryBusSilent"])).toBe("as expected");
    expect(await fires(silent, [])).toContain("FAILED");
  });
});
