import * as z from "zod";
import { deviceIdSchema, metricNameSchema } from "../../layers/core/measurement.ts";
import { parseTime } from "../../layers/core/time.ts";
import { operation } from "../../layers/lambda/operation.ts";
import { namesIn } from "./names.ts";

const MAX_DEVICES = 500;
const MAX_METRICS = 100;

const time = z
  .string()
  .refine((text) => parseTime(text) !== undefined, "expected an RFC 3339 time with an offset")
  .meta({ format: "date-time" });

const names = <Name extends z.ZodString>(name: Name, max: number) =>
  z.string().transform(namesIn).pipe(z.array(name).min(1).max(max));

export const operations = {
  exportCsv: operation({
    summary: "Export measurements as CSV",
    description:
      "Streamed, in order of time, device and metric, by RFC 4180. Text that a spreadsheet would run as a formula " +
      "begins with an apostrophe. A file that ends without its connection breaking off is whole.",
    tag: "Query",
    query: z.strictObject({
      device_ids: names(deviceIdSchema, MAX_DEVICES).describe("Between commas"),
      metric_names: names(metricNameSchema, MAX_METRICS).describe("Between commas"),
      start_time: time.describe("Inclusive"),
      end_time: time.describe("Exclusive"),
    }),
    responses: {
      200: {
        description: "A file to be kept: timestamp, device_id, metric_name, value, unit, tags (JSON)",
        schema: z.string(),
        contentType: "text/csv",
        example:
          "timestamp,device_id,metric_name,value,unit,tags\r\n" +
          '2025-12-18T10:00:00Z,device_001,temperature,25.5,celsius,"{""location"":""room_1""}"\r\n',
      },
      404: { description: "No data in that time" },
      422: { description: "Well-formed, but impossible: the range ends before it starts" },
    },
  }),
};
