import { RefusedError } from "../../layers/core/errors.ts";
import { formatTime } from "../../layers/core/time.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers } from "../../layers/lambda/operation.ts";
import { rangeOf } from "../../layers/lambda/search.ts";
import type { Measurements } from "../../layers/storage/measurements/port.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { csvOf, pagesOf } from "./pages.ts";
import { operations } from "./schema.ts";

export type ExportDependencies = HttpDependencies & Pick<Dependencies, "measurements">;

export function createHandler(dependencies: ExportDependencies): HttpHandler {
  const routes = routesOf(rowOf("export-points"));
  return createHttpHandler({
    ...dependencies,
    routes,
    operations,
    handlers: handlersOf(dependencies.measurements),
  });
}

function handlersOf(store: Measurements): OperationHandlers<typeof operations> {
  return {
    async exportCsv({ query, now }) {
      const { device_ids: devices, metric_names: metrics } = query;
      const { from, to } = rangeOf(query, now);
      const pages = pagesOf(store, { devices, metrics, from, to });
      const first = await pages.next();
      if (first.done) throw new RefusedError(404, "no data of these devices and metrics in that time");
      const name = `telemetry_${formatTime(from)}_${formatTime(to)}.csv`.replaceAll(":", "-");
      return {
        contentType: "text/csv; charset=utf-8; header=present",
        headers: { "content-disposition": `attachment; filename="${name}"`, "cache-control": "no-store" },
        stream: csvOf(first.value, pages),
      };
    },
  };
}
