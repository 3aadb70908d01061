import { RefusedError } from "../../layers/core/errors.ts";
import { formatTime, MICROS_PER_DAY, type Micros, microsOf, parseTime } from "../../layers/core/time.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers } from "../../layers/lambda/operation.ts";
import type { Registry, Usage, UsageRange } from "../../layers/storage/registry/port.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { PROMETHEUS_CONTENT_TYPE } from "./exposition.ts";
import { prometheusText } from "./prometheus.ts";
import { reportOf } from "./report.ts";
import { operations } from "./schema.ts";

export type ReportDependencies = HttpDependencies & Pick<Dependencies, "registry">;

export function createHandler(dependencies: ReportDependencies): HttpHandler {
  const routes = routesOf(rowOf("report-usage"));
  return createHttpHandler({
    ...dependencies,
    routes,
    operations,
    handlers: handlersOf(dependencies.registry),
  });
}

function handlersOf(registry: Registry): OperationHandlers<typeof operations> {
  return {
    async reportUsage({ query, headers, now }) {
      const lastDay = { from: microsOf(now) + 1 - MICROS_PER_DAY, to: microsOf(now) + 1 };
      const to = timeOr(query.end_time, lastDay.to);
      const from = timeOr(query.start_time, to - MICROS_PER_DAY);
      if (from >= to) {
        const message = `must be after start_time (${formatTime(from)})`;
        throw new RefusedError(422, `end_time: ${message}`, [{ path: "end_time", message }]);
      }
      if (wantsPrometheus(query.format, headers.accept)) {
        return { body: await exposition(registry, lastDay), contentType: PROMETHEUS_CONTENT_TYPE };
      }
      return { body: await report(registry.usage, { from, to }, lastDay) };
    },
  };
}

/** No event is outside it: from 1970 to the year 2255. */
const EVER: UsageRange = { from: 0, to: Number.MAX_SAFE_INTEGER };

async function exposition(registry: Registry, lastDay: UsageRange): Promise<string> {
  const { usage, deadLetters, alerts } = registry;
  const [counts, durations, recent, letters, openAlerts] = await Promise.all([
    usage.counts(EVER),
    usage.durations(EVER),
    usage.durations(lastDay),
    deadLetters.counts(),
    alerts.openCounts(),
  ]);
  return prometheusText({ counts, durations, recent, deadLetters: letters, openAlerts });
}

async function report(usage: Usage, range: UsageRange, lastDay: UsageRange) {
  const [counts, durations, hourly, dayCounts, ever] = await Promise.all([
    usage.counts(range),
    usage.durations(range),
    usage.hourly(range),
    usage.counts(lastDay),
    usage.counts(EVER),
  ]);
  return reportOf({ ...range, counts, durations, hourly, lastDay: dayCounts, ever });
}

/** Within `EVER`, since what is beyond has nothing to count and is more than the store's numbers hold. */
function timeOr(text: string | undefined, otherwise: Micros): Micros {
  const time = (text === undefined ? undefined : parseTime(text)) ?? otherwise;
  return Math.min(Math.max(time, EVER.from), EVER.to);
}

/** A scraper names its format; a person's client accepts anything and gets JSON. */
function wantsPrometheus(format: "json" | "prometheus" | undefined, accept = ""): boolean {
  if (format) return format === "prometheus";
  return /application\/openmetrics-text|text\/plain/.test(accept) && !accept.includes("application/json");
}
