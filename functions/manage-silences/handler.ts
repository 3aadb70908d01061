import type { Silence } from "../../layers/core/alerting/alert-rule.ts";
import { RefusedError } from "../../layers/core/errors.ts";
import { newId } from "../../layers/core/ids.ts";
import { formatTime, microsOf, parseTime } from "../../layers/core/time.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers } from "../../layers/lambda/operation.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { operations } from "./schema.ts";

export type SilenceDependencies = HttpDependencies & Pick<Dependencies, "registry">;

export function createHandler(dependencies: SilenceDependencies): HttpHandler {
  const routes = routesOf(rowOf("manage-silences"));
  return createHttpHandler({ ...dependencies, routes, operations, handlers: handlersOf(dependencies) });
}

function handlersOf({ registry: { silences } }: SilenceDependencies): OperationHandlers<typeof operations> {
  return {
    async createSilence({ body, caller, now }) {
      const at = microsOf(now);
      const startsAt = body.starts_at === undefined ? at : (parseTime(body.starts_at) ?? at);
      const endsAt = parseTime(body.ends_at) ?? 0;
      if (endsAt <= Math.max(startsAt, at)) throw endsTooSoon(endsAt <= startsAt);
      const silence: Silence = {
        silenceId: newId("sil"),
        ruleIds: body.rule_ids,
        deviceIds: body.device_ids,
        levels: body.levels,
        ...{ startsAt, endsAt, reason: body.reason, createdAt: at, createdBy: caller.keyId },
      };
      await silences.create(silence);
      return { status: 201, body: describeSilence(silence) };
    },

    async listSilences({ query: { limit, offset }, now }) {
      const found = await silences.list({ endingAfter: microsOf(now), limit, offset });
      return {
        body: { silences: found.silences.map(describeSilence), count: found.count, limit, offset },
      };
    },

    async removeSilence({ params: { silence_id } }) {
      if (!(await silences.remove(silence_id))) throw new RefusedError(404, `no silence ${silence_id}`);
      return { body: { success: true, silence_id } };
    },
  };
}

function endsTooSoon(beforeStart: boolean): RefusedError {
  const message = beforeStart ? "must be after starts_at" : "has passed";
  return new RefusedError(422, `ends_at: ${message}`, [{ path: "ends_at", message }]);
}

const describeSilence = (silence: Silence) => ({
  silence_id: silence.silenceId,
  rule_ids: silence.ruleIds,
  device_ids: silence.deviceIds,
  levels: silence.levels,
  starts_at: formatTime(silence.startsAt),
  ends_at: formatTime(silence.endsAt),
  reason: silence.reason,
  created_at: formatTime(silence.createdAt),
  created_by: silence.createdBy,
});
