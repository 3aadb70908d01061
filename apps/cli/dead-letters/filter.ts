import { UsageError } from "../verb.ts";

/** The filters as options. */
export interface FilterArguments {
  queue?: string;
  type?: string;
  source?: string;
  errorType?: string;
  errorCode?: string;
  correlationId?: string;
  startTime?: string;
  endTime?: string;
}

export interface ReplayArguments extends FilterArguments {
  all?: boolean;
  dryRun?: boolean;
  limit?: number;
  asOf?: string;
  json?: boolean;
}

/** As the API names them; those that were not given are left out. */
export function fieldsOf(options: FilterArguments): Record<string, string> {
  const fields = {
    queue: options.queue,
    type: options.type,
    source: options.source,
    error_type: options.errorType,
    error_code: options.errorCode,
    correlation_id: options.correlationId,
    start_time: options.startTime,
    end_time: options.endTime,
  };
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  );
}

/** @throws {UsageError} unless it is said, in one way, which dead letters are meant */
export function checkSelection(ids: readonly string[], options: ReplayArguments): void {
  const filtered = Object.keys(fieldsOf(options)).length > 0;
  const ways = [ids.length > 0, filtered, options.all].filter(Boolean).length;
  if (ways === 1) return;
  throw new UsageError(
    ways === 0
      ? "which ones? Give ids, filters such as --queue, or --all"
      : "expected ids, filters or --all, not several of them",
  );
}

/** Which dead letters are meant, as the API takes it. */
export function selectionOf(ids: readonly string[], options: ReplayArguments): Record<string, unknown> {
  if (ids.length > 0) return { ids: [...new Set(ids)] };
  return options.all ? { all: true } : { filter: fieldsOf(options) };
}
