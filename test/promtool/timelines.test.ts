import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { conditions } from "../../layers/core/rules/rule.ts";
import { installedPrometheus } from "../prometheus/installation.ts";
import { openAt, promRule, STEP_SECONDS, type Timeline } from "./timeline.ts";

// Prometheus' own `promtool test rules` is told our answers as what it is to expect. `keep_firing_for` counts from the
// first step that does not breach, and so an alert is open there for as long as `auto_resolve_timeout` says here.

const run = promisify(execFile);
let promtool: string;
let folder: string;

beforeAll(async () => {
  ({ promtool } = await installedPrometheus((line) => console.log(line)));
  folder = await mkdtemp(join(tmpdir(), "promtool-"));
}, 600_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const base: Timeline = {
  ...{ name: "base", condition: ">", threshold: 90, triggerCount: 1 },
  ...{ windowSeconds: 60, resolveSeconds: 60, values: [] },
};

const timelines: readonly Timeline[] = [
  { ...base, name: "fires_at_the_sample", values: [10, 95, 95, 10, 10, 10, 10, 10, 10, 10] },
  { ...base, name: "is_held_by_a_breach", values: [95, 10, 10, 10, 95, 10, 10, 10, 10, 10, 10, 10] },
  { ...base, name: "fires_again", values: [95, 10, 10, 10, 10, 10, 10, 95, 10, 10, 10, 10, 10, 10] },
  { ...base, name: "threshold_is_no_breach", values: [90, 90.5, 90, 90, 90, 90, 90, 90] },
  ...conditions.map((condition, i) => ({
    ...base,
    ...{ name: `condition_${i}`, condition, threshold: 2, resolveSeconds: 30 },
    values: [1, 1, 2, 2, 3, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 2, 3, 1, 2],
  })),
  ...Array.from({ length: 40 }, (_, n) => ({
    ...base,
    ...{ name: `random_${n}`, threshold: 70, resolveSeconds: (1 + (n % 5)) * STEP_SECONDS },
    values: Array.from({ length: 80 }, (_, step) => ((n * 31 + step * 17) ** 3 % 1_009) % 100),
  })),
];

/** With more than one breach only the beginning compares: there an alert ends with the count, here with the breaches. */
const counted: readonly Timeline[] = Array.from({ length: 40 }, (_, n) => ({
  ...base,
  ...{ name: `counted_${n}`, threshold: 60, triggerCount: 2 + (n % 4), windowSeconds: 30 + 15 * (n % 6) },
  values: Array.from({ length: 60 }, (_, step) => ((n * 37 + step * 13) ** 3 % 1_013) % 100),
}));

/** @param until the step up to which both are to agree */
function expectations(timeline: Timeline, open: readonly boolean[], until = open.length) {
  return open.slice(0, until).map((firing, step) => ({
    eval_time: `${step * STEP_SECONDS}s`,
    alertname: timeline.name,
    exp_alerts: firing ? [{ exp_labels: { timeline: timeline.name } }] : [],
  }));
}

type Expectations = ReturnType<typeof expectations>;

async function agrees(all: readonly Timeline[], expected: (timeline: Timeline) => Expectations) {
  const [rules, tests] = [join(folder, "rules.yml"), join(folder, "tests.yml")];
  // JSON is YAML.
  await writeFile(rules, JSON.stringify({ groups: [{ name: "ours", rules: all.map(promRule) }] }));
  const series = ({ name, values }: Timeline) => ({
    series: `value{timeline="${name}"}`,
    values: values.join(" "),
  });
  const interval = `${STEP_SECONDS}s`;
  const document = {
    rule_files: [rules],
    evaluation_interval: interval,
    // One test for all: each brings a store of its own up.
    tests: [{ interval, input_series: all.map(series), alert_rule_test: all.flatMap(expected) }],
  };
  await writeFile(tests, JSON.stringify(document));
  return run(promtool, ["test", "rules", tests]).then(
    () => "agrees",
    ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}${stderr}`,
  );
}

describe("promtool", () => {
  it("raises and resolves at the same steps, whatever the condition [FR-014]", async () => {
    expect(await agrees(timelines, (timeline) => expectations(timeline, openAt(timeline)))).toBe("agrees");
  });

  it("raises at the same breach where several within a window are asked for [FR-014]", async () => {
    const begun = counted.filter((timeline) => openAt(timeline).includes(true));
    expect(begun.length).toBeGreaterThan(20);
    const upToFirst = (timeline: Timeline) => {
      const open = openAt(timeline);
      return expectations(timeline, open, open.includes(true) ? open.indexOf(true) + 1 : open.length);
    };
    expect(await agrees(counted, upToFirst)).toBe("agrees");
  });

  it("notices if a single step is told otherwise", async () => {
    const [timeline = base] = timelines;
    const open = openAt(timeline);
    const told = await agrees([timeline], () => expectations(timeline, open.with(5, !open[5])));
    expect(told).toContain("FAILED");
  });
});
