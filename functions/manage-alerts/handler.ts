import { announce } from "../../layers/broker/announce.ts";
import type { Alert } from "../../layers/core/alerting/alert.ts";
import { alertEvent, messageOf } from "../../layers/core/alerting/alert-event.ts";
import { RefusedError } from "../../layers/core/errors.ts";
import { formatTime, type Micros, microsOf, parseTime } from "../../layers/core/time.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers } from "../../layers/lambda/operation.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { operations } from "./schema.ts";

export type AlertDependencies = HttpDependencies & Pick<Dependencies, "bus" | "registry">;

export function createHandler(dependencies: AlertDependencies): HttpHandler {
  const routes = routesOf(rowOf("manage-alerts"));
  return createHttpHandler({ ...dependencies, routes, operations, handlers: handlersOf(dependencies) });
}

function handlersOf({ bus, logger, registry }: AlertDependencies): OperationHandlers<typeof operations> {
  const { alerts, outbox } = registry;

  /** @throws {RefusedError} 404 there is none, 409 it was that already */
  async function told(done: Promise<{ alert: Alert; changed: boolean } | undefined>, alertId: string) {
    const result = await done;
    if (!result) throw noSuch(alertId);
    if (!result.changed) throw new RefusedError(409, `alert ${alertId} is ${result.alert.status} already`);
    await announce({ bus, outbox, logger });
    return describeAlert(result.alert);
  }

  return {
    async listAlerts({ query }) {
      const { limit, offset, ...filters } = query;
      const { status, level, device_id: deviceId, rule_id: ruleId, start_time, end_time } = filters;
      const range = { from: timeIn(start_time), to: timeIn(end_time) };
      const found = await alerts.list({ status, level, deviceId, ruleId, ...range, limit, offset });
      return {
        body: {
          alerts: found.alerts.map(describeAlert),
          count: found.count,
          active_count: found.activeCount,
          critical_count: found.criticalCount,
          ...{ filters, limit, offset },
        },
      };
    },

    async showAlert({ params: { alert_id } }) {
      const alert = await alerts.find(alert_id);
      if (!alert) throw noSuch(alert_id);
      return { body: describeAlert(alert) };
    },

    async acknowledgeAlert({ params: { alert_id }, body, caller, now, requestId }) {
      const deed = { by: caller.keyId, at: microsOf(now), note: body.note ?? undefined };
      const tell = (alert: Alert) =>
        alertEvent("acknowledged", alert, { time: deed.at, correlationId: requestId });
      const alert = await told(alerts.acknowledge(alert_id, deed, tell), alert_id);
      return { body: { success: true, message: "Alert acknowledged", alert } };
    },

    async resolveAlert({ params: { alert_id }, body, caller, now, requestId }) {
      const deed = { by: caller.keyId, at: microsOf(now), note: body.note ?? undefined };
      const tell = (alert: Alert) =>
        alertEvent("resolved", alert, { time: deed.at, correlationId: requestId });
      const alert = await told(alerts.resolve(alert_id, deed, tell), alert_id);
      return { body: { success: true, message: "Alert resolved", alert } };
    },
  };
}

const noSuch = (alertId: string) => new RefusedError(404, `no alert ${alertId}`);

const timeIn = (text: string | undefined): Micros | undefined =>
  text === undefined ? undefined : parseTime(text);

const timeOrNull = (at: Micros | undefined) => (at === undefined ? null : formatTime(at));

const describeAlert = (alert: Alert) => ({
  alert_id: alert.alertId,
  rule_id: alert.ruleId,
  rule_name: alert.ruleName,
  device_id: alert.deviceId,
  metric_name: alert.metricName,
  level: alert.level,
  kind: alert.kind,
  status: alert.status,
  message: messageOf(alert),
  condition: alert.condition,
  threshold_value: alert.threshold,
  current_value: alert.currentValue ?? null,
  breaches: alert.breaches,
  triggered_at: formatTime(alert.triggeredAt),
  last_breach_at: formatTime(alert.lastBreachAt),
  silenced: alert.silenced,
  acknowledged_by: alert.acknowledgedBy ?? null,
  acknowledged_at: timeOrNull(alert.acknowledgedAt),
  acknowledgement_note: alert.acknowledgementNote ?? null,
  resolved_by: alert.resolvedBy ?? null,
  resolved_at: timeOrNull(alert.resolvedAt),
  resolution_note: alert.resolutionNote ?? null,
});
