import * as z from "zod";
import { UnavailableError } from "../../../core/errors.ts";
import { alignDown, formatTime, MICROS_PER_DAY, type Micros } from "../../../core/time.ts";
import type { Client } from "./client.ts";

/** Clocks disagree: nobody may still be writing to what is deleted. */
const GRACE = MICROS_PER_DAY;
const AHEAD = [0, 1];
const BAD_REQUEST = 400;
const NOT_FOUND = 404;

/**
 * Indices of one kind of document, each for some days by the documents' own time: the same document always goes to
 * the same index, where its `_id` is unique. A data stream that rolls over cannot say that.
 */
export interface Indices {
  /** All of them, as searches name them. */
  pattern: string;
  nameAt(time: Micros): string;
  /** @throws {UnavailableError} `migrateOpenSearchLogs` has not run: without its mapping nothing may be written */
  ensureMigrated(): Promise<void>;
  /** Makes the coming ones and deletes those of which everything has expired. */
  maintain(now: Micros): Promise<void>;
}

export interface IndicesOptions {
  client: Client;
  /** `telemetry-logs` */
  name: string;
  /** That one index is for. */
  days: number;
  retention: Micros;
}

export function openIndices({ client, name, days, retention }: IndicesOptions): Indices {
  const width = days * MICROS_PER_DAY;
  const pattern = `${name}-*`;
  const nameAt = (time: Micros): string =>
    `${name}-${formatTime(alignDown(time, width)).slice(0, 10).replaceAll("-", ".")}`;
  let migrated = false;

  /** Its name says when it begins. */
  function hasExpired(index: string, now: Micros): boolean {
    const begins = Date.parse(`${index.slice(name.length + 1).replaceAll(".", "-")}T00:00:00Z`) * 1_000;
    return begins + width <= now - retention - GRACE;
  }

  async function ensureMigrated(): Promise<void> {
    if (migrated) return;
    const path = `/_index_template/${name}`;
    const doing = `looking for the index template ${name}`;
    const { status } = await client.ask({ method: "GET", path, doing, accept: [NOT_FOUND] });
    if (status === NOT_FOUND) {
      throw unavailable(`expected the index template ${name}, which a migration makes, found none`);
    }
    migrated = true;
  }

  return {
    pattern,
    nameAt,
    ensureMigrated,

    async maintain(now) {
      await ensureMigrated();
      for (const ahead of AHEAD) await make(client, nameAt(now + ahead * width));
      const names = await namesOf(client, pattern);
      for (const index of names.filter((index) => hasExpired(index, now))) {
        const doing = `deleting the index ${index}`;
        await client.ask({ method: "DELETE", path: `/${index}`, doing, accept: [NOT_FOUND] });
      }
    },
  };
}

const unavailable = (message: string) => new UnavailableError(message, { code: "store_unavailable" });

const errorSchema = z.object({ error: z.object({ type: z.string() }) });

/** Of the template's mapping. One that is there already is left as it is. */
async function make(client: Client, index: string): Promise<void> {
  const doing = `making the index ${index}`;
  const { status, body } = await client.ask({
    method: "PUT",
    path: `/${index}`,
    doing,
    accept: [BAD_REQUEST],
  });
  if (status !== BAD_REQUEST) return;
  const { error } = errorSchema.parse(body);
  if (error.type === "resource_already_exists_exception") return;
  throw unavailable(`${doing} failed: ${error.type}`);
}

const catSchema = z.array(z.object({ index: z.string() }));

async function namesOf(client: Client, pattern: string): Promise<string[]> {
  const path = `/_cat/indices/${pattern}?format=json&h=index&expand_wildcards=all`;
  const { body } = await client.ask({ method: "GET", path, doing: `listing ${pattern}` });
  return catSchema.parse(body).map(({ index }) => index);
}
