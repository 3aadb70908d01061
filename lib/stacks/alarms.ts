import type { Construct } from "constructs";
import type { AlarmRow } from "../alarms/alarm-row.ts";
import { alarmsOf } from "../alarms/table.ts";
import { AlarmDashboard } from "../constructs/alarm-dashboard.ts";
import { AlarmTopics } from "../constructs/alarm-topics.ts";
import { ServiceFunction } from "../constructs/service-function.ts";
import { TableAlarm } from "../constructs/table-alarm.ts";
import { rowsIn } from "../placement.ts";
import type { Platform } from "../platform.ts";
import { TelemetryStack } from "./telemetry-stack.ts";

export class AlarmsStack extends TelemetryStack {
  /** @param distributionId CloudFront's name for what stands in front of everything */
  constructor(scope: Construct, platform: Platform, distributionId: string) {
    const { settings, database, sockets, search, timestream } = platform;
    super(scope, "alarms", settings, "Alarms, whom they tell, and a dashboard");
    const topics = new AlarmTopics(this, "Topics", settings);
    for (const row of rowsIn("alarms")) topics.tell(new ServiceFunction(this, row, platform).fn);
    const articles = byArticle(
      alarmsOf({
        settings,
        account: this.account,
        clusterId: database.clusterId,
        socketApiId: sockets.apiId,
        distributionId,
        searchDomain: search?.domainName,
        timestreamDatabase: timestream?.databaseName,
      }),
    );
    for (const [article, rows] of articles) {
      new TableAlarm(this, article, { settings, rows, action: topics.actionFor(severityOf(rows)) });
    }
    new AlarmDashboard(this, "Overview", settings, articles);
  }
}

const byArticle = (rows: readonly AlarmRow[]): Map<string, AlarmRow[]> =>
  Map.groupBy(rows, ({ article }) => article);

/** Rows that tell people together tell them as the most severe of them wants. */
const severityOf = (rows: readonly AlarmRow[]): AlarmRow["severity"] =>
  rows.some(({ severity }) => severity === "page") ? "page" : "warn";
