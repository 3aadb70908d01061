import type { HttpResult } from "../../../layers/lambda/http.ts";
import { LAMBDA_PAYLOAD_BYTES } from "./limits.ts";

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** Instead of `body`. */
  stream?: AsyncIterable<Uint8Array>;
}

/** Checks a function's result as API Gateway does: what it would not understand, it answers with 502. */
export function answerOf(result: HttpResult, requestId: string): Answer {
  const { statusCode, headers = {}, body, isBase64Encoded = false, stream } = result;
  const wellFormed =
    Number.isInteger(statusCode) && statusCode >= 100 && statusCode <= 599 && typeof body === "string";
  if (!wellFormed)
    return failure(502, "the function's answer has no statusCode or no text as its body", requestId);
  if (body.length > LAMBDA_PAYLOAD_BYTES) {
    return failure(502, `the function's answer has more than ${LAMBDA_PAYLOAD_BYTES} bytes`, requestId);
  }
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return {
    status: statusCode,
    headers: Object.fromEntries(texts),
    body: Buffer.from(body, isBase64Encoded ? "base64" : "utf8"),
    ...(stream && { stream }),
  };
}

/** An answer of the gateway's own, in the form of every other error. */
export function failure(status: number, detail: string, requestId: string): Answer {
  const headers = { "content-type": "application/json", "x-request-id": requestId };
  return { status, headers, body: Buffer.from(JSON.stringify({ detail, request_id: requestId })) };
}
