import { expect } from "vitest";
import type { Platform } from "./platform.ts";
import { at } from "./points.ts";

// What tests of alerts say again and again.

export interface RuleAnswer {
  rule_id: string;
  enabled: boolean;
  total_triggers: number;
  last_triggered: string | null;
  [field: string]: unknown;
}

export interface AlertAnswer {
  alert_id: string;
  rule_id: string;
  device_id: string;
  status: "active" | "acknowledged" | "resolved";
  triggered_at: string;
  breaches: number;
  resolved_by: string | null;
  [field: string]: unknown;
}

export interface AlertList {
  alerts: AlertAnswer[];
  count: number;
  active_count: number;
  critical_count: number;
  filters: Record<string, unknown>;
  limit: number;
  offset: number;
}

export const RULES = "/api/v1/telemetry/alerts/rules";
export const ALERTS = "/api/v1/telemetry/alerts";

let number = 0;
/** A name that no other test uses. */
export const fresh = (what: string): string => `${what}_${++number}`;

export async function createRule(platform: Platform, given: Record<string, unknown>): Promise<RuleAnswer> {
  const body = {
    name: "Too hot",
    metric_name: fresh("temperature"),
    condition: ">",
    threshold_value: 90,
    ...given,
  };
  const answer = await platform.post<RuleAnswer>(RULES, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
}

/** Posts values of one device as if measured `secondsAgo`, the last one then, a second apart. */
export async function report(
  platform: Platform,
  {
    device,
    metric,
    values,
    secondsAgo = 0,
  }: { device: string; metric: string; values: number[]; secondsAgo?: number },
): Promise<void> {
  const last = Date.now() - secondsAgo * 1_000;
  const data_points = values.map((value, i) => ({
    timestamp: at(last - (values.length - 1 - i) * 1_000),
    metric_name: metric,
    value,
  }));
  const path = `/api/v1/telemetry/devices/${device}/telemetry/batch`;
  const { status, body } = await platform.post(path, { data_points });
  expect(status, JSON.stringify(body)).toBe(200);
}

export async function alertsOf(platform: Platform, query: Record<string, string>): Promise<AlertAnswer[]> {
  const { body } = await platform.get<AlertList>(`${ALERTS}?${new URLSearchParams(query)}`);
  return body.alerts;
}

/** Waits for the alert of a device to be there, and as it should be. */
export async function alertOf(
  platform: Platform,
  device: string,
  expected: Partial<AlertAnswer> = {},
): Promise<AlertAnswer> {
  await expect.poll(() => alertsOf(platform, { device_id: device })).toMatchObject([expected]);
  const [alert] = await alertsOf(platform, { device_id: device });
  if (!alert) throw new Error(`expected an alert of ${device}`);
  return alert;
}

/** Lets the clock of the rules tick, as the schedule does once a minute. */
export const tick = async (platform: Platform): Promise<void> =>
  platform.runtime.functions.schedule["tick-rules"]?.();

interface Archived {
  event: { type: string; data: { alert_id?: string; rule_id?: string } };
}

/** The types of the archived events of an alert, or of a rule itself, sorted. */
export async function toldOf(
  platform: Platform,
  of: { alert_id: string } | { rule_id: string },
): Promise<string[]> {
  const query = new URLSearchParams({ source: "/telemetry-bus/alerts", limit: "1000" });
  const { body } = await platform.get<{ events: Archived[] }>(`/api/v1/events?${query}`);
  const isMeant = ({ alert_id, rule_id }: Archived["event"]["data"]) =>
    "alert_id" in of ? alert_id === of.alert_id : alert_id === undefined && rule_id === of.rule_id;
  return body.events
    .filter(({ event }) => isMeant(event.data))
    .map(({ event }) => event.type)
    .sort();
}
