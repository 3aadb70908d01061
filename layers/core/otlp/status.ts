import { RefusedError } from "../errors.ts";
import { mediaTypeOf } from "../log-batch.ts";

// OTLP/HTTP ("OTLP Specification", OTLP/HTTP), in its JSON encoding.

/** @throws {RefusedError} 415 */
export function refuseProtobufType(contentType: string | undefined): void {
  if (mediaTypeOf(contentType) !== "application/x-protobuf") return;
  throw new RefusedError(
    415,
    "OTLP is taken as JSON only: set the exporter's protocol to http/json (OTEL_EXPORTER_OTLP_PROTOCOL=http/json)",
  );
}

/** google.rpc.Code by HTTP status ("google/rpc/code.proto", HTTP Mapping). */
const rpcCodes: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  413: 3,
  415: 3,
  422: 3,
  429: 8,
  500: 13,
  503: 14,
  504: 4,
};
const RPC_UNKNOWN = 2;

/** An error answer as a google.rpc.Status, as OTLP wants it, besides what it is elsewhere. */
export const rpcStatusOf = <Problem extends { detail: string }>(status: number, problem: Problem) => ({
  code: rpcCodes[status] ?? RPC_UNKNOWN,
  message: problem.detail,
  ...problem,
});
