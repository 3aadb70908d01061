import * as z from "zod";
import { RefusedError } from "../../core/errors.ts";
import { isStorable } from "../../core/json.ts";
import type { Micros } from "../../core/time.ts";
import type { Page } from "./port.ts";

/** The item that a page ended with; the next page begins with what comes after it in the order of the answer. */
export interface Position {
  time: Micros;
  /** Empty when all devices are taken together. */
  deviceId: string;
  metricName: string;
  /** What a page of these series spanned in time: the next one need not read more to find as much. */
  span?: Micros;
}

/** @param items one more than `limit` if there is more */
export function pageOf<Item>(items: Item[], limit: number, positionOf: (item: Item) => Position): Page<Item> {
  const kept = items.slice(0, limit);
  const last = kept.at(-1);
  if (items.length <= limit || last === undefined) return { items: kept };
  return { items: kept, next: encodeCursor(positionOf(last)) };
}

const text = z.string().refine(isStorable);
const positionSchema = z.tuple([z.int(), text, text]).rest(z.int().min(1));

function encodeCursor({ time, deviceId, metricName, span }: Position): string {
  const position = [time, deviceId, metricName, ...(span === undefined ? [] : [span])];
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

/** @throws {RefusedError} 400 for anything that is not the `next` of a page */
export function decodeCursor(cursor: string | undefined): Position | undefined {
  if (cursor === undefined) return undefined;
  const parsed = positionSchema.safeParse(parsedJson(Buffer.from(cursor, "base64url").toString()));
  if (!parsed.success) {
    const message = "expected the `next` of the page before";
    throw new RefusedError(400, `cursor: ${message}`, [{ path: "cursor", message }]);
  }
  const [time, deviceId, metricName, span] = parsed.data;
  return { time, deviceId, metricName, ...(span !== undefined && { span }) };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
