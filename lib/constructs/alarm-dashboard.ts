import { Duration } from "aws-cdk-lib";
import {
  Dashboard,
  GraphWidget,
  type HorizontalAnnotation,
  type IWidget,
  TextWidget,
} from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import type { AlarmRow } from "../alarms/alarm-row.ts";
import type { EnvironmentSettings } from "../environments.ts";
import { metricOf } from "./table-alarm.ts";

const COLUMNS = 3;
const GRID = 24;
/** What tells itself apart by a line each is no longer told apart. */
const LINES = 20;

/** What alarms look at, drawn: one graph per article, with the line that must not be crossed. */
export class AlarmDashboard extends Construct {
  constructor(
    scope: Construct,
    id: string,
    settings: EnvironmentSettings,
    articles: ReadonlyMap<string, AlarmRow[]>,
  ) {
    super(scope, id);
    const graphs = [...articles].map(([article, rows]) => graphOf(article, rows));
    new Dashboard(this, "Dashboard", {
      dashboardName: `telemetry-${settings.name}`,
      defaultInterval: Duration.hours(3),
      widgets: [
        [
          new TextWidget({
            markdown: `**telemetry-${settings.name}**: what alarms look at. [Runbook](${settings.runbookUrl}/README.md)`,
            width: GRID,
            height: 1,
          }),
        ],
        ...inRows(graphs),
      ],
    });
  }
}

function graphOf(article: string, rows: readonly AlarmRow[]): GraphWidget {
  const measured = rows
    .slice(0, LINES)
    .map(({ measured, periodSeconds, of }, line) =>
      metricOf(measured, periodSeconds, { label: of ?? article, mark: String(line) }),
    );
  return new GraphWidget({
    title: rows.length > LINES ? `${article} (${LINES} of ${rows.length})` : article,
    left: measured,
    leftAnnotations: limitsOf(rows),
    width: GRID / COLUMNS,
    height: 6,
  });
}

/** Rows of one article may have limits of their own: each is drawn once. */
function limitsOf(rows: readonly AlarmRow[]): HorizontalAnnotation[] {
  const values = rows.map(({ breaches }) => ("above" in breaches ? breaches.above : breaches.below));
  return [...new Set(values)].map((value) => ({ value, label: String(value) }));
}

function inRows(widgets: readonly IWidget[]): IWidget[][] {
  return Array.from({ length: Math.ceil(widgets.length / COLUMNS) }, (_, row) =>
    widgets.slice(row * COLUMNS, (row + 1) * COLUMNS),
  );
}
