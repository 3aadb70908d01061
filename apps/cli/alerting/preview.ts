import { createApi } from "../api.ts";
import { findPlatform } from "../settings.ts";
import { tableOf } from "../table.ts";
import { printable, type Terminal } from "../terminal.ts";
import { type Preview, previewAnswer } from "./answers.ts";
import { secondOf } from "./fields.ts";

const DAY_MS = 86_400_000;

export interface PreviewOptions {
  startTime?: string;
  endTime?: string;
  json?: boolean;
}

/** Asks when the rule would have raised alerts, the last 24 hours unless told otherwise. */
export async function preview(
  of: { rule_id?: string; rule?: unknown },
  { startTime, endTime, json }: PreviewOptions,
  terminal: Terminal,
): Promise<void> {
  const end = endTime ?? new Date().toISOString();
  // An end that is no time is for the API to refuse.
  const start = startTime ?? new Date((Date.parse(end) || DAY_MS) - DAY_MS).toISOString();
  const path = "/api/v1/telemetry/alerts/rules/preview";
  const request = { ...of, start_time: start, end_time: end };
  const { body } = await createApi(findPlatform()).call({
    ...{ method: "POST", path, body: request, answer: previewAnswer },
  });
  if (json) return terminal.out(JSON.stringify(body));
  if (body.alerts.length > 0) for (const line of table(body)) terminal.out(line);
  const { count, devices_evaluated: devices, points_evaluated: points, evaluated_until: until } = body;
  terminal.err(`${count} alerts by ${points} points of ${devices} devices`);
  if (body.truncated) terminal.err(`There is too much: this is up to ${until}. Ask for a shorter time.`);
}

function table({ alerts }: Preview): string[] {
  const rows = alerts.map(({ device_id, kind, triggered_at, resolved_at, breaches }) => [
    secondOf(triggered_at),
    resolved_at === null ? "still open" : secondOf(resolved_at),
    kind,
    String(breaches),
    printable(device_id),
  ]);
  return tableOf([["TRIGGERED (UTC)", "RESOLVED", "KIND", "BREACHES", "DEVICE"], ...rows]);
}
