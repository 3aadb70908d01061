import * as z from "zod";
import { exportResultOf, type Rejected, type RejectedItems } from "../core/otlp/rejection.ts";
import { refuseProtobufType, rpcStatusOf } from "../core/otlp/status.ts";
import type { HttpHandler } from "./http.ts";
import type { Reply, Request, ResponseDescription } from "./operation.ts";
import { problemSchema } from "./problem.ts";

// OTLP/HTTP ("OTLP Specification", OTLP/HTTP), in its JSON encoding.

/** @throws {RefusedError} 415 */
export function refuseProtobuf({ headers }: Pick<Request, "headers">): void {
  refuseProtobufType(headers["content-type"]);
}

/** The answer to an export: of what was left out the number, under its name, and why. */
export function otlpReply(rejected: Rejected, name: RejectedItems): Reply {
  return { body: exportResultOf(rejected, name) };
}

const statusSchema = problemSchema.extend({
  code: z.int().describe("google.rpc.Code"),
  message: z.string().describe("As `detail`"),
});

const asStatus = (description: string): ResponseDescription => ({ description, schema: statusSchema });

/** What the document says of these answers. */
export const rpcProblems: Readonly<Record<number, ResponseDescription>> = {
  400: asStatus("Malformed, as a google.rpc.Status: `errors` names each field"),
  401: asStatus("No valid credential"),
  403: asStatus("The credential lacks the scope"),
  413: {
    description: "The body is too large, compressed or not; by the gateway's own limit, no google.rpc.Status",
    schema: statusSchema.partial({ code: true, message: true }),
  },
  415: asStatus("Not JSON: OTLP's protobuf encoding is not taken"),
  422: asStatus("Well-formed, but nothing in it can be taken"),
  500: asStatus("A fault in the platform: its log has it under `request_id`"),
  503: asStatus("A part of the platform is away"),
};

/** Makes every error answer of these routes a google.rpc.Status, as OTLP wants it, besides what it is elsewhere. */
export function withRpcStatus(handler: HttpHandler, paths: readonly string[]): HttpHandler {
  return async (event) => {
    const result = await handler(event);
    if (result.statusCode < 400 || !paths.includes(event.resource)) return result;
    const problem = JSON.parse(result.body) as { detail: string };
    return { ...result, body: JSON.stringify(rpcStatusOf(result.statusCode, problem)) };
  };
}
