import { readdirSync, readFileSync } from "node:fs";
import * as z from "zod";

const folder = new URL("../../docs/grafana/", import.meta.url);

const postgres = z.object({
  type: z.literal("grafana-postgresql-datasource"),
  uid: z.literal("telemetry-bus"),
});

const timestream = z.object({
  type: z.literal("grafana-timestream-datasource"),
  uid: z.literal("telemetry-bus-timestream"),
});

/** What Grafana needs of a dashboard to show it. */
const dashboardOf = <Source extends z.ZodType, Target extends z.ZodType>(
  datasource: Source,
  target: Target,
) =>
  z.looseObject({
    uid: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/),
    title: z.string().min(1),
    schemaVersion: z.int(),
    templating: z.object({
      list: z.array(
        z.looseObject({
          type: z.enum(["query", "custom"]),
          name: z.string(),
          query: z.string(),
          multi: z.boolean(),
        }),
      ),
    }),
    panels: z.array(
      z.looseObject({
        id: z.int(),
        title: z.string(),
        type: z.enum(["timeseries", "table", "stat", "bargauge"]),
        datasource,
        interval: z.enum(["1s", "1m", "1h"]).optional(),
        gridPos: z.object({ x: z.int(), y: z.int(), w: z.int().max(24), h: z.int() }),
        targets: z.array(target).nonempty(),
      }),
    ),
  });

const dashboardSchema = dashboardOf(
  postgres,
  z.looseObject({ datasource: postgres, format: z.enum(["time_series", "table"]), rawSql: z.string() }),
);
const timestreamSchema = dashboardOf(
  timestream,
  z.looseObject({ datasource: timestream, table: z.string().regex(/^\$\{table\}$/), rawQuery: z.string() }),
);

const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, folder), "utf8"));

export const timestreamDashboard = timestreamSchema.parse(read("timestream.json"));

export type Dashboard = z.infer<typeof dashboardSchema>;
export type Panel = Dashboard["panels"][number];

export const dashboards: readonly { file: string; dashboard: Dashboard }[] = readdirSync(folder)
  .filter((file) => file.endsWith(".json") && file !== "timestream.json")
  .map((file) => ({
    file,
    dashboard: dashboardSchema.parse(read(file)),
  }));

/** The blocks of SQL in the article: the role's, and the example of a panel. */
export const documentedSql = (): string[] =>
  [...readFileSync(new URL("README.md", folder), "utf8").matchAll(/^```sql\n(.*?)^```$/gms)].map(
    ([, block]) => block ?? "",
  );
