import type * as z from "zod";
import type { Caller } from "./auth.ts";

/** The headings of the documentation. */
export const tags = {
  Ingest: "Measurements and events in",
  Query: "Questions about measurements",
  Metrics: "Definitions of metrics: what their values may be, and how long they are kept",
  Logs: "Search of log entries",
  Archive: "Events that were published, and what they led to",
  Stream: "Measurements as they come, over a WebSocket",
  Alerts: "Rules, the alerts that they raise, and silences",
  Devices: "What is known of devices",
  Operate: "How the platform is used and how it fares",
  Audit: "What happened to the models, in a chain of hashes",
  Keys: "API keys",
  Channels: "Ways to people: who is told of errors and alerts",
  DeadLetters: "What failed for good",
  Health: "Whether the platform works",
  API: "This document",
} as const;

/** What a route takes and answers: checked by the pipeline, described by the OpenAPI document. */
export interface Operation<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
> {
  summary: string;
  description?: string;
  tag: keyof typeof tags;
  params?: Params;
  /** Everything in a query string is text: coerce. */
  query?: Query;
  /** JSON. Left out, the handler reads `request.raw` itself. */
  body?: Body;
  /** What the document shows, where the handler checks a list item by item so as to keep the good ones. */
  documentedBody?: z.ZodType;
  /** Request headers worth documenting: name → what it does. */
  headers?: Readonly<Record<string, string>>;
  /** Content types of the body other than `application/json`. */
  accepts?: readonly string[];
  /** A request body that works. */
  example?: unknown;
  responses: Readonly<Record<number, ResponseDescription>>;
}

export interface ResponseDescription {
  description: string;
  schema?: z.ZodType;
  /** @default application/json */
  contentType?: string;
  /** Types of text in which the same is told to who asks for one of them. */
  texts?: readonly string[];
  example?: unknown;
}

export function operation<
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(description: Operation<Params, Query, Body>): Operation<Params, Query, Body> {
  return description;
}

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** A checked request, as an operation's handler is given it. */
export interface Request<Op extends Operation = Operation> {
  params: Parsed<NonNullable<Op["params"]>>;
  query: Parsed<NonNullable<Op["query"]>>;
  body: Parsed<NonNullable<Op["body"]>>;
  /** The body's bytes, decompressed. */
  raw: Buffer;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  caller: Caller;
  requestId: string;
  /** Milliseconds since the Unix epoch at which the request was accepted. */
  now: number;
}

export interface Reply {
  /** @default 200 */
  status?: number;
  /** JSON, unless `contentType` says otherwise: then text or bytes as they are. */
  body?: unknown;
  contentType?: string;
  headers?: Record<string, string>;
  /** Instead of `body`, from a function whose row says `streams`: sent piece by piece, as the reader takes it. */
  stream?: AsyncIterable<Uint8Array>;
}

export type Operations = Readonly<Record<string, Operation>>;

/** A function per operation: what `createHandler` hands to the pipeline. */
export type OperationHandlers<Ops extends Operations> = {
  [Name in keyof Ops]: (request: Request<Ops[Name]>) => Promise<Reply>;
};
