import { RefusedError } from "../../layers/core/errors.ts";
import { formatTime, parseTime } from "../../layers/core/time.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers, Request } from "../../layers/lambda/operation.ts";
import type { AuditSelection } from "../../layers/storage/registry/port.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { operations } from "./schema.ts";

export type ReadAuditDependencies = HttpDependencies & Pick<Dependencies, "registry" | "sealed">;

export function createHandler(dependencies: ReadAuditDependencies): HttpHandler {
  const routes = routesOf(rowOf("read-audit"));
  return createHttpHandler({ ...dependencies, routes, operations, handlers: handlersOf(dependencies) });
}

function handlersOf({ registry, sealed }: ReadAuditDependencies): OperationHandlers<typeof operations> {
  return {
    async listAudit({ query }) {
      const selection = selectionOf(query);
      const [{ entries, more }, head] = await Promise.all([
        registry.audit.list(selection),
        registry.audit.head(),
      ]);
      const next = more ? (entries.at(-1)?.position ?? null) : null;
      return { body: { entries, next, head: head ?? null } };
    },
    async listAuditHeads({ query }) {
      const heads = await sealed.list(query);
      const next = heads.length === query.limit ? (heads.at(-1)?.position ?? null) : null;
      return { body: { heads, next } };
    },
  };
}

type Query = Request<(typeof operations)["listAudit"]>["query"];

/** @throws {RefusedError} 422 */
function selectionOf({ start_time, end_time, correlation_id, ...rest }: Query): AuditSelection {
  const from = start_time === undefined ? undefined : parseTime(start_time);
  const to = end_time === undefined ? undefined : parseTime(end_time);
  if (from !== undefined && to !== undefined && from >= to) {
    const message = `must be after start_time (${formatTime(from)})`;
    throw new RefusedError(422, `end_time: ${message}`, [{ path: "end_time", message }]);
  }
  return { ...rest, from, to, correlationId: correlation_id };
}
