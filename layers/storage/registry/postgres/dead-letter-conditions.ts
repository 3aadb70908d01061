import { textArray } from "../../postgres/arrays.ts";
import type { DeadLetterFilter, DeadLetterSelection, DeadLetterState } from "../port.ts";

/** A WHERE clause, or nothing, and the values of its parameters from $1 on. */
export interface Conditions {
  where: string;
  values: unknown[];
}

/** A condition on one value, which stands where the `?` is. */
type Condition = readonly [sql: string, value: unknown];

export const conditionsOf = (filter: DeadLetterFilter & { state?: DeadLetterState }): Conditions =>
  joined([...inFilter(filter), ["state = ?", filter.state]]);

/** The dead that a replay is about; of `queues`, only those that failed in one of them. */
export const selected = ({ ids, filter = {}, asOf }: DeadLetterSelection, queues?: readonly string[]) =>
  joined([
    ["state = ?", "dead"],
    ["last_died_at < ?", asOf],
    ["coalesce(replayed_at, 0) < ?", asOf],
    ["id = ANY (?::text[])", ids && textArray(ids)],
    ["queue = ANY (?::text[])", queues && textArray(queues)],
    ...inFilter(filter),
  ]);

const inFilter = (filter: DeadLetterFilter): Condition[] => [
  ["queue = ?", filter.queue],
  ["type = ?", filter.type],
  ["source = ?", filter.source],
  ["error_type = ?", filter.errorType],
  ["error_code = ?", filter.errorCode],
  ["correlation_id = ?", filter.correlationId],
  ["last_died_at >= ?", filter.from],
  ["last_died_at < ?", filter.to],
];

function joined(conditions: readonly Condition[]): Conditions {
  const given = conditions.filter(([, value]) => value !== undefined);
  const terms = given.map(([sql], i) => sql.replace("?", `$${i + 1}`));
  return {
    where: terms.length > 0 ? `WHERE ${terms.join(" AND ")}` : "",
    values: given.map(([, value]) => value),
  };
}
