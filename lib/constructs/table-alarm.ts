import { CfnCondition, type CfnResource, Duration, Fn, Stack } from "aws-cdk-lib";
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type IAlarmAction,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import type { AlarmRow, Measured } from "../alarms/alarm-row.ts";
import { alarmName } from "../alarms/table.ts";
import type { EnvironmentSettings } from "../environments.ts";

export interface TableAlarmProps {
  settings: EnvironmentSettings;
  rows: readonly AlarmRow[];
  action: IAlarmAction;
}

/**
 * The alarms of one article of the runbook. Of several it is their composite that tells people: when a store is away
 * all its consumers fail, and that is one page.
 */
export class TableAlarm extends Construct {
  constructor(scope: Construct, article: string, { settings, rows, action }: TableAlarmProps) {
    super(scope, article);
    const alarms = rows.map((row) => this.#createAlarm(row, settings));
    const [first, ...others] = alarms;
    const [row] = rows;
    if (!first || !row) throw new Error(`the article ${article} has no alarm`);
    const telling = others.length === 0 ? first : this.#gather(row, alarms, settings);
    telling.addAlarmAction(action);
    telling.addOkAction(action);
  }

  #createAlarm(row: AlarmRow, settings: EnvironmentSettings): Alarm {
    const alarm = new Alarm(this, row.of ?? "Alarm", {
      alarmName: alarmName(settings.name, row),
      alarmDescription: describe(row.means, row.article, settings),
      metric: metricOf(row.measured, row.periodSeconds),
      threshold: "above" in row.breaches ? row.breaches.above : row.breaches.below,
      comparisonOperator:
        "above" in row.breaches
          ? ComparisonOperator.GREATER_THAN_THRESHOLD
          : ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: row.periods.of,
      datapointsToAlarm: row.periods.breaching,
      treatMissingData:
        row.silence === "breaching" ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    if (row.onlyIn) {
      const here = Fn.conditionEquals(Stack.of(this).region, row.onlyIn);
      const resource = alarm.node.defaultChild as CfnResource;
      resource.cfnOptions.condition = new CfnCondition(this, "Here", { expression: here });
    }
    return alarm;
  }

  #gather({ article }: AlarmRow, alarms: Alarm[], settings: EnvironmentSettings): CompositeAlarm {
    return new CompositeAlarm(this, "Any", {
      compositeAlarmName: alarmName(settings.name, { article }),
      alarmDescription: describe("one or more of the alarms of this kind are raised", article, settings),
      alarmRule: AlarmRule.anyOf(...alarms.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM))),
    });
  }
}

const describe = (means: string, article: string, { runbookUrl }: EnvironmentSettings): string =>
  `${means[0]?.toUpperCase()}${means.slice(1)}. Runbook: ${runbookUrl}/${article}.md`;

export interface Drawn {
  label?: string;
  /** Follows the names in a formula: those of one graph must differ. @default nothing */
  mark?: string;
}

/** As alarms and the dashboard have it. */
export function metricOf(
  measured: Measured,
  periodSeconds: number,
  { label, mark = "" }: Drawn = {},
): IMetric {
  const period = Duration.seconds(periodSeconds);
  if ("query" in measured) return new MathExpression({ expression: measured.query, period, label });
  if ("formula" in measured) {
    const names = Object.keys(measured.of);
    const expression = measured.formula.replace(new RegExp(`\\b(${names.join("|")})\\b`, "g"), `$1${mark}`);
    const usingMetrics = Object.fromEntries(
      Object.entries(measured.of).map(([name, metric]) => [name + mark, metricOf(metric, periodSeconds)]),
    );
    return new MathExpression({ expression, usingMetrics, period, label });
  }
  const { namespace, name: metricName, dimensions: dimensionsMap, statistic, region } = measured;
  return new Metric({ namespace, metricName, dimensionsMap, statistic, period, label, region });
}
