import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { manifest } from "../../functions/manifest.ts";
import { OWN_NAMESPACE, ownMetrics } from "../../layers/core/own-metrics.ts";
import { physicalName } from "../../layers/topology/queue-arguments.ts";
import { topology } from "../../layers/topology/topology.ts";
import type { AlarmRow, Watched } from "../../lib/alarms/alarm-row.ts";
import { alarmName, alarmsOf } from "../../lib/alarms/table.ts";
import { environments } from "../../lib/environments.ts";
import { synthesize } from "./synthesized.ts";

const runbook = new URL("../../docs/runbook/", import.meta.url);
const articles = readdirSync(runbook)
  .filter((file) => file.endsWith(".md") && file !== "README.md")
  .map((file) => file.slice(0, -".md".length));

/** Everything that any environment may have. */
const watched = (settings: Watched["settings"]): Watched => ({
  settings,
  account: "123456789012",
  clusterId: "cluster",
  socketApiId: "sockets",
  distributionId: "distribution",
  ...(settings.search && { searchDomain: "search" }),
  ...(settings.measurements === "timestream" && { timestreamDatabase: "telemetry" }),
});

describe("the runbook", () => {
  const used = new Set(
    environments.flatMap((settings) => alarmsOf(watched(settings)).map((row) => row.article)),
  );

  it("has an article for every alarm, and an alarm for every article [AWS-06]", () => {
    expect([...used].sort()).toEqual(articles.sort());
  });

  it.each(articles)(
    "says of %s what it means, how to see it, and what to do, with commands [AWS-06]",
    (article) => {
      const text = readFileSync(new URL(`${article}.md`, runbook), "utf8");
      const headings = text.split("\n").filter((line) => line.startsWith("## "));
      expect(headings).toEqual(["## What it means", "## How to see it", "## What to do"]);
      expect(text).toContain(`# ${article}: `);
      expect(text).toContain("```sh\n");
      const [see = ""] = text.split("## How to see it")[1]?.split("## What to do") ?? [];
      expect(see).toContain("```sh\n");
    },
  );

  it("leads nowhere that is not there", () => {
    for (const file of readdirSync(runbook)) {
      const links = readFileSync(new URL(file, runbook), "utf8").matchAll(/\]\(([^)#]+)[^)]*\)/g);
      for (const [, link = ""] of links) {
        expect(existsSync(new URL(link, new URL(file, runbook))), `${file} links to ${link}`).toBe(true);
      }
    }
  });

  it("lists every article in its contents", () => {
    const contents = readFileSync(new URL("README.md", runbook), "utf8");
    expect([...contents.matchAll(/^- \[([a-z0-9-]+)\]/gm)].map(([, id]) => id).sort()).toEqual(
      articles.sort(),
    );
  });
});

describe.each(environments)("the alarms of $name", (settings) => {
  const rows = alarmsOf(watched(settings));
  const synthesized = synthesize(settings);
  const alarms = synthesized
    .resources("AWS::CloudWatch::Alarm")
    .map(({ id, Properties }) => ({ id, ...Properties }));
  const composites = synthesized.resources("AWS::CloudWatch::CompositeAlarm");
  const topics = new Map(
    synthesized.resources("AWS::SNS::Topic").map(({ id, Properties }) => [id, String(Properties.TopicName)]),
  );
  const of = (article: string) => rows.filter((row) => row.article === article).map((row) => row.of);

  it("are those of the table, each once, with its limit and its URL in the runbook [AWS-06]", () => {
    expect(alarms.map(({ AlarmName }) => AlarmName).sort()).toEqual(
      rows.map((row) => alarmName(settings.name, row)).sort(),
    );
    for (const row of rows) {
      const alarm = alarms.find(({ AlarmName }) => AlarmName === alarmName(settings.name, row));
      expect(alarm).toMatchObject({
        AlarmDescription: expect.stringContaining(`Runbook: ${settings.runbookUrl}/${row.article}.md`),
        Threshold: Object.values(row.breaches)[0],
        EvaluationPeriods: row.periods.of,
        DatapointsToAlarm: row.periods.breaching,
        TreatMissingData: row.silence,
      });
    }
  });

  it("tell people when they are raised and when they end, by the topic of their severity [AWS-06]", () => {
    const byArticle = Map.groupBy(rows, ({ article }) => article);
    for (const [article, same] of byArticle) {
      const name = alarmName(settings.name, same.length > 1 ? { article } : (same[0] as AlarmRow));
      const telling = [...alarms, ...composites.map(({ Properties }) => Properties)].find(
        ({ AlarmName }) => AlarmName === name,
      );
      const severity = same.some((row) => row.severity === "page") ? "page" : "warn";
      for (const actions of [telling?.AlarmActions, telling?.OKActions]) {
        expect(
          actions?.map(({ Ref }: { Ref: string }) => topics.get(Ref)),
          article,
        ).toEqual([`telemetry-${settings.name}-${severity}`]);
      }
    }
  });

  it("let no alarm go untold: what has no action of its own is in a composite that has [AWS-06]", () => {
    const gathered = JSON.stringify(composites.map(({ Properties }) => Properties.AlarmRule));
    for (const { id, AlarmActions } of alarms) {
      expect(Boolean(AlarmActions) || gathered.includes(`"${id}"`), id).toBe(true);
    }
    for (const { Properties } of composites) {
      // "Create a composite alarm": at most 100 alarms and 10,240 characters, an ARN being below 130.
      const children = JSON.stringify(Properties.AlarmRule).split("ALARM(").length - 1;
      expect(children).toBeLessThan(75);
    }
  });

  it("watch the depth of every queue, and who reads those that are read [AWS-06]", () => {
    const queues = topology({ partitions: settings.partitions }).queues.filter(({ enabled }) => enabled);
    const forgetful = queues.filter(({ kind }) => kind === "stream");
    const lasting = queues.filter((queue) => !forgetful.includes(queue));
    expect(of("stream-behind")).toEqual(forgetful.map(physicalName));
    expect(of("queue-depth")).toEqual(lasting.map(physicalName));
    expect(of("queue-unread")).toEqual(lasting.filter(({ consumer }) => consumer).map(physicalName));
    expect(of("queue-delay")).toEqual(
      queues.filter(({ kind }) => kind === "work" || kind === "dead").map(physicalName),
    );
  });

  it("watch the failures, refusals and duration of every function, and every schedule [AWS-06]", () => {
    const names = manifest.map(({ name }) => name);
    expect([...of("worker-errors"), ...of("handler-errors")].sort()).toEqual([...names].sort());
    expect(of("function-throttles")).toEqual(names);
    expect(of("function-duration")).toEqual(names);
    const scheduled = manifest.filter(({ triggers }) => triggers.some(({ kind }) => kind === "schedule"));
    expect(of("schedule-silent")).toEqual(scheduled.map(({ name }) => name));
  });

  it("look at metrics of ours only where a function emits them, with all of their dimensions [AWS-06]", () => {
    const emitters: Record<string, readonly string[]> = {
      QueueDepth: ["sample-queues"],
      QueueConsumers: ["sample-queues"],
      QueueHandled: consumers,
      SpoolMessages: ["drain-spool"],
      SpoolAge: ["drain-spool"],
      AuditUnsealed: ["seal-audit"],
    };
    const looked = rows
      .flatMap(({ measured }) => metricsIn(measured))
      .filter((one) => one.namespace === OWN_NAMESPACE);
    expect(new Set(looked.map(({ name }) => name))).toEqual(new Set(Object.keys(emitters)));
    for (const { name, dimensions } of looked) {
      const metric = Object.values(ownMetrics).find((one) => one.name === name);
      const queue = metric && "by" in metric ? ["queue"] : [];
      expect(Object.keys(dimensions).sort()).toEqual(["environment", "service", ...queue].sort());
      expect(emitters[name]).toContain(dimensions.service);
      expect(dimensions.environment).toBe(settings.name);
    }
  });

  it("go to the function that tells people, encrypted, and it needs no network of ours [AWS-06]", () => {
    const subscriptions = synthesized.resources("AWS::SNS::Subscription");
    expect(subscriptions.map(({ Properties }) => topics.get(Properties.TopicArn.Ref)).sort()).toEqual(
      [...topics.values()].sort(),
    );
    const page = synthesized
      .resources("AWS::Lambda::Function")
      .find(({ Properties }) => Properties.FunctionName === `telemetry-${settings.name}-page`);
    for (const { stack, Properties } of subscriptions) {
      expect([stack, Properties.Endpoint["Fn::GetAtt"][0]]).toEqual([page?.stack, page?.id]);
    }
    expect(page?.Properties).not.toHaveProperty("VpcConfig");
    for (const { Properties } of synthesized.resources("AWS::SNS::Topic")) {
      expect(Properties.KmsMasterKeyId).toEqual({ "Fn::GetAtt": [expect.any(String), "Arn"] });
    }
    const policies = synthesized.resources("AWS::SNS::TopicPolicy").map(({ Properties }) => Properties);
    expect(policies).toHaveLength(topics.size);
    for (const { PolicyDocument, Topics } of policies) {
      expect(PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({
          Effect: "Allow",
          Action: "sns:Publish",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Resource: Topics[0],
          Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
        }),
      );
    }
    const [key] = synthesized.resources("AWS::KMS::Key");
    expect(JSON.stringify(key?.Properties.KeyPolicy)).toContain("cloudwatch.amazonaws.com");
  });

  it("are drawn on a dashboard, each article with its limits", () => {
    const [dashboard] = synthesized.resources("AWS::CloudWatch::Dashboard");
    const body = JSON.stringify(dashboard?.Properties.DashboardBody);
    for (const article of new Set(rows.map((row) => row.article)))
      expect(body).toContain(`\\"title\\":\\"${article}`);
  });
});

it("mails whoever the settings name", () => {
  const [dev] = environments;
  if (!dev) throw new Error("expected an environment");
  const { resources } = synthesize({ ...dev, alarmMail: ["ops@example.com"] });
  const mails = resources("AWS::SNS::Subscription").filter(
    ({ Properties }) => Properties.Protocol === "email",
  );
  expect(mails.map(({ Properties }) => Properties.Endpoint)).toEqual(["ops@example.com", "ops@example.com"]);
});

const consumers = manifest
  .filter(({ triggers }) => triggers.some(({ kind }) => kind === "queue"))
  .map(({ name }) => name);

function metricsIn(measured: AlarmRow["measured"]) {
  if ("query" in measured) return [];
  return "formula" in measured ? Object.values(measured.of) : [measured];
}
