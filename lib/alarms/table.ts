import type { AlarmRow, Watched } from "./alarm-row.ts";
import { apiAlarms } from "./apis.ts";
import { brokerAlarms } from "./broker.ts";
import { functionAlarms } from "./functions.ts";
import { queueAlarms } from "./queues.ts";
import { storeAlarms } from "./stores.ts";

/** THE table of alarms of one environment. The alarms stack, its dashboard and the runbook's test read it. */
export const alarmsOf = (watched: Watched): AlarmRow[] => [
  ...brokerAlarms(watched),
  ...queueAlarms(watched),
  ...functionAlarms(watched),
  ...apiAlarms(watched),
  ...storeAlarms(watched),
];

/** As CloudWatch names it. */
export const alarmName = (environment: string, { article, of }: Pick<AlarmRow, "article" | "of">): string =>
  ["telemetry", environment, article, ...(of === undefined ? [] : [of])].join("-");
