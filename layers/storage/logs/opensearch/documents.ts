import * as z from "zod";
import { PermanentError, UnavailableError } from "../../../core/errors.ts";
import { formatTime, type Micros } from "../../../core/time.ts";
import type { Rejection } from "../port.ts";
import type { Client } from "./client.ts";
import type { Indices } from "./indices.ts";

/** One kind of document: where it is, and what both kinds do alike. */
export interface Collection {
  client: Client;
  indices: Indices;
  now(): Micros;
  /** The time before which everything has expired. */
  oldest(): Micros;
}

export interface Document {
  time: Micros;
  /** Unique at its time. */
  key: string;
  /** The place of its item in the batch. */
  index: number;
  fields: Readonly<Record<string, unknown>>;
}

/** Well below what Amazon's smaller instances take (10 MiB: "Network limits", OpenSearch Service Developer Guide). */
const CHUNK_BYTES = 4_000_000;
const CONFLICT = 409;
/** Of one document, and for ever. Anything else may pass, or is no document's fault: too many shards, a full disk. */
const DOCUMENT_AT_FAULT = new Set([
  "mapper_parsing_exception",
  "strict_dynamic_mapping_exception",
  "illegal_argument_exception",
]);

/** Creates documents, each only if it is not there yet. Durable when it resolves. */
export async function create(
  { client, indices, oldest }: Collection,
  documents: readonly Document[],
): Promise<Rejection[]> {
  const since = oldest();
  const firsts = firstOfEach(documents.filter(({ time }) => time >= since));
  if (firsts.length === 0) return [];
  await indices.ensureMigrated();
  const rejections: Rejection[] = [];
  for (const chunk of chunksOf(firsts.map((document) => ({ document, lines: linesOf(document, indices) })))) {
    const body = chunk.map(({ lines }) => lines).join("");
    const doing = `writing ${indices.pattern}`;
    const answer = await client.ask({ method: "POST", path: "/_bulk", body, doing });
    const asked = chunk.map(({ document }) => document);
    rejections.push(...rejectionsIn(answer.body, asked));
  }
  return rejections;
}

function firstOfEach(documents: readonly Document[]): Document[] {
  const firsts = new Map<string, Document>();
  for (const document of documents) {
    const id = idOf(document);
    if (!firsts.has(id)) firsts.set(id, document);
  }
  return [...firsts.values()];
}

const idOf = ({ time, key }: Document): string => `${time}-${key}`;

function linesOf(document: Document, { nameAt }: Indices): string {
  const { time, key, fields } = document;
  const action = { create: { _index: nameAt(time), _id: idOf(document) } };
  const source = { time, "@timestamp": formatTime(Math.floor(time / 1_000) * 1_000), key, ...fields };
  return `${JSON.stringify(action)}\n${JSON.stringify(source)}\n`;
}

function chunksOf<Item extends { lines: string }>(items: readonly Item[]): Item[][] {
  const chunks: Item[][] = [];
  let room = 0;
  for (const item of items) {
    const bytes = Buffer.byteLength(item.lines);
    const last = chunks.at(-1);
    if (last && bytes <= room) {
      last.push(item);
      room -= bytes;
    } else {
      chunks.push([item]);
      room = CHUNK_BYTES - bytes;
    }
  }
  return chunks;
}

const bulkSchema = z.object({
  items: z.array(
    z.object({
      create: z.object({
        status: z.number(),
        error: z.object({ type: z.string(), reason: z.string().nullish() }).optional(),
      }),
    }),
  ),
});

/** @throws {UnavailableError} if any item failed for another reason than itself */
function rejectionsIn(body: unknown, documents: readonly Document[]): Rejection[] {
  const { items } = bulkSchema.parse(body);
  if (items.length !== documents.length) {
    throw unavailable(`expected ${documents.length} answers to a bulk request, got ${items.length}`);
  }
  return items.flatMap(({ create: { status, error } }, i) => {
    if (!error || status === CONFLICT) return []; // who is there already stays
    const why = `OpenSearch answered ${status} ${error.type}: ${error.reason ?? ""}`;
    if (!DOCUMENT_AT_FAULT.has(error.type)) throw unavailable(why);
    return [{ index: documents[i]?.index ?? 0, error: new PermanentError(why, { code: "data_refused" }) }];
  });
}

const unavailable = (message: string) => new UnavailableError(message, { code: "store_unavailable" });

export type Query = Readonly<Record<string, unknown>>;

export const term = (field: string, value: string): Query => ({ term: { [field]: value } });

const searchSchema = z.object({
  hits: z.object({
    total: z.object({ value: z.number() }),
    hits: z.array(z.object({ _source: z.unknown() })),
  }),
});

export interface Search {
  filters: readonly Query[];
  /** Inclusive. @default all that has not expired */
  from?: Micros;
  /** Exclusive. @default no end */
  to?: Micros;
  order: "asc" | "desc";
  limit: number;
  /** @default 0 */
  offset?: number;
}

const MOST_COUNTED = 10_000;

/** A page of what meets the filters and has not expired, and how many there are. */
export async function find(
  { client, indices, oldest }: Collection,
  { filters, from = Number.MIN_SAFE_INTEGER, to, order, limit, offset = 0 }: Search,
): Promise<{ sources: unknown[]; count: number }> {
  const time = { gte: Math.max(from, oldest()), ...(to === undefined ? {} : { lt: to }) };
  const { body } = await client.ask({
    method: "POST",
    // Some shards' answer would be a wrong one.
    path: `/${indices.pattern}/_search?allow_no_indices=true&allow_partial_search_results=false`,
    body: {
      query: { bool: { filter: [{ range: { time } }, ...filters] } },
      sort: [{ time: order }, { key: order }],
      from: offset,
      size: limit,
      track_total_hits: MOST_COUNTED,
    },
    doing: `searching ${indices.pattern}`,
  });
  const { hits } = searchSchema.parse(body);
  return {
    sources: hits.hits.map(({ _source }) => _source),
    count: Math.min(hits.total.value, MOST_COUNTED),
  };
}
