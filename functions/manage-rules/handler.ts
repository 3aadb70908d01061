import { announce } from "../../layers/broker/announce.ts";
import { AUTO } from "../../layers/core/alerting/alert.ts";
import { ALERTS_SOURCE, alertEvent } from "../../layers/core/alerting/alert-event.ts";
import type { AlertRule } from "../../layers/core/alerting/alert-rule.ts";
import type { Event } from "../../layers/core/envelope.ts";
import { RefusedError } from "../../layers/core/errors.ts";
import { newEventId, newId } from "../../layers/core/ids.ts";
import { formatTime, type Micros, microsOf } from "../../layers/core/time.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers } from "../../layers/lambda/operation.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { preview, previewRange } from "./preview.ts";
import { describeRule, ruleFrom } from "./rule.ts";
import { operations, type PreviewBody } from "./schema.ts";

export type RuleDependencies = HttpDependencies & Pick<Dependencies, "bus" | "measurements" | "registry">;

export function createHandler(dependencies: RuleDependencies): HttpHandler {
  const routes = routesOf(rowOf("manage-rules"));
  return createHttpHandler({ ...dependencies, routes, operations, handlers: handlersOf(dependencies) });
}

function handlersOf({
  bus,
  clock,
  logger,
  measurements,
  registry,
}: RuleDependencies): OperationHandlers<typeof operations> {
  const { rules } = registry;
  const tellAll = () => announce({ bus, outbox: registry.outbox, logger });

  async function find(ruleId: string) {
    const rule = await rules.find(ruleId);
    if (!rule) throw noSuch(ruleId);
    return rule;
  }

  /** @throws {RefusedError} 422 neither a rule nor its id, or both; 404 no rule of that id */
  async function ruleToPreview({ rule, rule_id }: PreviewBody, at: Micros): Promise<AlertRule> {
    if (rule && rule_id === undefined) return ruleFrom(rule, { ruleId: "rul_preview", at, by: "" });
    if (rule_id !== undefined && !rule) return find(rule_id);
    const message = "expected a rule, or the rule_id of one";
    throw new RefusedError(422, `rule: ${message}`, [{ path: "rule", message }]);
  }

  return {
    async createRule({ body, caller, now, requestId }) {
      const rule = ruleFrom(body, { ruleId: newId("rul"), at: microsOf(now), by: caller.keyId });
      await rules.create(rule, [ruleEvent("created", rule, { at: rule.createdAt, requestId })]);
      await tellAll();
      return { status: 201, body: describeRule({ ...rule, totalTriggers: 0 }) };
    },

    async listRules({ query }) {
      const { limit, offset, ...filters } = query;
      const { enabled, level, metric_name: metricName } = filters;
      const found = await rules.list({ enabled, level, metricName, limit, offset });
      return {
        body: { rules: found.rules.map(describeRule), count: found.count, filters, limit, offset },
      };
    },

    async showRule({ params: { rule_id } }) {
      return { body: describeRule(await find(rule_id)) };
    },

    async replaceRule({ params: { rule_id }, body, caller, now, requestId }) {
      const rule = ruleFrom(body, { ruleId: rule_id, at: microsOf(now), by: caller.keyId });
      const event = ruleEvent("updated", rule, { at: rule.updatedAt, requestId });
      const replaced = await rules.replace(rule, [event]);
      if (!replaced) throw noSuch(rule_id);
      await tellAll();
      return { body: describeRule(replaced) };
    },

    async removeRule({ params: { rule_id }, now, requestId }) {
      const rule = await find(rule_id);
      const at = microsOf(now);
      const closing = {
        deed: { by: AUTO, at, note: "its rule was deleted" },
        tell: (alert: Parameters<typeof alertEvent>[1]) =>
          alertEvent("resolved", alert, { time: at, correlationId: requestId }),
      };
      const event = ruleEvent("deleted", rule, { at, requestId });
      if (!(await rules.remove(rule_id, [event], closing))) throw noSuch(rule_id);
      await tellAll();
      return { body: { success: true, message: "Alert rule deleted", rule_id } };
    },

    async enableRule({ params: { rule_id }, body: { enabled }, now, requestId }) {
      const at = microsOf(now);
      const rule = { ...(await find(rule_id)), enabled };
      const changed = await rules.setEnabled(rule_id, enabled, at, [
        ruleEvent("updated", rule, { at, requestId }),
      ]);
      if (!changed) throw noSuch(rule_id);
      await tellAll();
      const message = `Alert rule ${enabled ? "enabled" : "disabled"}`;
      return { body: { success: true, message, rule_id, enabled } };
    },

    async previewRule({ body, now }) {
      const range = previewRange(body);
      const rule = await ruleToPreview(body, microsOf(now));
      const groups = await rules.members(rule.deviceGroups);
      return { body: await preview(rule, range, { measurements, groups, clock }) };
    },
  };
}

const noSuch = (ruleId: string) => new RefusedError(404, `no alert rule ${ruleId}`);

function ruleEvent(
  what: "created" | "updated" | "deleted",
  { ruleId, name, metricName, level, enabled }: AlertRule,
  { at, requestId }: { at: Micros; requestId: string },
): Event {
  return {
    specversion: "1.0",
    id: newEventId(),
    source: ALERTS_SOURCE,
    type: `alert.rule.${what}`,
    time: formatTime(at),
    correlation_id: requestId,
    datacontenttype: "application/json",
    data: { rule_id: ruleId, name, metric_name: metricName, level, enabled },
  };
}
