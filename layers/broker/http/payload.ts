/** A request that is over. */
export interface Answer {
  service: string | undefined;
  method: string | undefined;
  endpoint: string | undefined;
  status: number;
  durationMs: number;
  userAgent: string | string[] | undefined;
  address: string | undefined;
  /** The connection ended before the answer did. */
  aborted: boolean;
}

export type Fields = Record<string, string | number | boolean>;

const MAX_TEXT = 1_024;
const MAX_STACK = 8_192;

/** The fields of layers/core/payloads.ts, and beside them who asked. */
export function latencyPayload({ durationMs, status, ...answer }: Answer): Fields {
  const { service, method, endpoint, userAgent, address, aborted } = answer;
  const texts = { service, method, endpoint, user_agent: userAgent, ip_address: address };
  const fields: Fields = { duration_ms: Math.round(durationMs * 1_000) / 1_000, status };
  for (const [name, text] of Object.entries(texts)) {
    if (text !== undefined && text.length > 0) fields[name] = String(text).slice(0, MAX_TEXT);
  }
  if (aborted) fields.aborted = true;
  return fields;
}

export function errorPayload(answer: Answer, error: Error | undefined): Fields {
  const fields = latencyPayload(answer);
  if (!error) return { ...fields, error_type: "ServerError", message: `answered ${answer.status}` };
  const { name, message, stack } = error;
  return {
    ...fields,
    error_type: name.slice(0, MAX_TEXT) || "Error",
    message: message.slice(0, MAX_TEXT) || name || "Error",
    ...(stack ? { stack_trace: stack.slice(0, MAX_STACK) } : {}),
  };
}
