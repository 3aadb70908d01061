import { promisify } from "node:util";
import { gunzip as gunzipCallback } from "node:zlib";
import type { APIGatewayProxyEvent } from "aws-lambda";
import type * as z from "zod";
import { describe, faultsOf } from "../core/envelope.ts";
import { RefusedError } from "../core/errors.ts";
import { isStorable, parseJson, UNSTORABLE } from "../core/json.ts";
import type { Operation } from "./operation.ts";

const gunzip = promisify(gunzipCallback);

/** API Gateway's own limit on a request; a compressed body may not grow beyond it either. */
export const MAX_BODY_BYTES = 10 * 1_024 * 1_024;

export function lowerCaseHeaders(event: APIGatewayProxyEvent): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(event.headers ?? {})) {
    if (value !== undefined) headers[name.toLowerCase()] = value;
  }
  return headers;
}

/**
 * The body's bytes. API Gateway decompresses gzip itself but is not documented to take the header away, so the
 * bytes decide.
 *
 * @throws {RefusedError} 400 not gzip after all, 413 too large once decompressed, 415 another coding
 */
export async function readBody(
  event: APIGatewayProxyEvent,
  headers: Record<string, string>,
): Promise<Buffer> {
  const raw = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  const coding = headers["content-encoding"]?.toLowerCase() ?? "identity";
  if (coding === "identity") return raw;
  if (coding !== "gzip")
    throw new RefusedError(415, `content coding ${coding} is not supported; use gzip or none`);
  return raw[0] === 0x1f && raw[1] === 0x8b ? gunzipLimited(raw, "the body") : raw;
}

/** @throws {RefusedError} 400 or 413 */
export async function gunzipLimited(compressed: Buffer, what: string): Promise<Buffer> {
  try {
    return await gunzip(compressed, { maxOutputLength: MAX_BODY_BYTES });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ERR_BUFFER_TOO_LARGE") {
      throw new RefusedError(413, `${what} has more than ${MAX_BODY_BYTES} bytes once decompressed`, [], {
        cause,
      });
    }
    throw new RefusedError(400, `${what} is not valid gzip`, [], { cause });
  }
}

export function readParams(event: APIGatewayProxyEvent, { params }: Operation): unknown {
  const given = Object.entries(event.pathParameters ?? {}).map(([name, value]) => [
    name,
    decoded(value ?? ""),
  ]);
  return params && check(params, storable(Object.fromEntries(given), "path"), "path");
}

export function readQuery(event: APIGatewayProxyEvent, { query }: Operation): unknown {
  return query && check(query, storable(event.queryStringParameters ?? {}, "query"), "query");
}

/** Every store would refuse the question otherwise, each in its own way. @throws {RefusedError} 400 */
function storable<Given extends object>(given: Given, what: string): Given {
  const faults = Object.entries(given)
    .filter(([name, text]) => !isStorable(name) || !isStorable(String(text)))
    .map(([path]) => ({ path: path.toWellFormed().replaceAll("\0", ""), message: UNSTORABLE }));
  if (faults.length > 0) throw new RefusedError(400, `invalid ${what}: ${describe(faults)}`, faults);
  return given;
}

export function readJsonBody(raw: Buffer, headers: Record<string, string>, { body }: Operation): unknown {
  if (!body) return undefined;
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (
    type &&
    type !== "application/json" &&
    !type.endsWith("+json") &&
    type !== "application/x-www-form-urlencoded"
  ) {
    throw new RefusedError(415, `expected content type application/json, got ${type}`);
  }
  return check(body, parseJson(raw), "body");
}

function check(schema: z.ZodType, input: unknown, what: string): unknown {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const faults = faultsOf(parsed.error);
  throw new RefusedError(400, `invalid ${what}: ${describe(faults)}`, faults);
}

/** Whether API Gateway decodes path parameters is not documented; none of our identifiers holds a percent sign. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
