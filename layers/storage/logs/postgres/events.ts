import type { Event } from "../../../core/envelope.ts";
import { type EventIdentity, parentsOf } from "../../../core/lineage.ts";
import type { Micros } from "../../../core/time.ts";
import { numberArray, textArray } from "../../postgres/arrays.ts";
import { query } from "../../postgres/transaction.ts";
import { eventKey } from "../identity.ts";
import type { ArchivedEvent, EventArchive, EventSearch } from "../port.ts";
import { checkEvent, separate } from "../soundness.ts";
import { type Conditions, conditionsOf, insert, readPage, type Table } from "./table.ts";

const WRITE = {
  name: "archived_events.write",
  text: `
    INSERT INTO archived_events (time, key, archived_at, id, source, type, correlation_id, parents, event)
    SELECT time, key, archived_at, id, source, type, correlation_id, parents::uuid[], event::json
    FROM unnest($1::int8[], $2::uuid[], $3::int8[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
      $9::text[]) AS given (time, key, archived_at, id, source, type, correlation_id, parents, event)
    ON CONFLICT (time, key) DO NOTHING`,
};

const COLUMNS = "archived_at, event";
const MOST_WITH_ONE_ID = 100;

interface EventRow {
  archived_at: string;
  event: Event;
}

export function openEvents(table: Table): EventArchive {
  async function oldestFirst({ texts, values }: Conditions, limit?: number): Promise<ArchivedEvent[]> {
    const rows = await query<EventRow>(table.pool, "looking up events", {
      text: `SELECT ${COLUMNS} FROM ${table.name} WHERE ${texts.join(" AND ")} ORDER BY time, key
        LIMIT $${values.length + 1}`,
      values: [...values, limit ?? null],
    });
    return rows.map(archivedOf);
  }

  return {
    async write(events) {
      const now = table.now();
      const { sound, rejections } = separate(events, (event) => checkEvent(event, now));
      const rows = sound.map(({ item, time }) => ({ time, key: eventKey(item.event), archived: item }));
      await insert(table, rows, (rows) => ({ ...WRITE, values: columnsOf(rows) }));
      return rejections;
    },

    async search(search) {
      const { rows, count } = await readPage<EventRow>(table, COLUMNS, matching(table, search), search);
      return { events: rows.map(archivedOf), count };
    },

    withId(id) {
      const conditions = unexpired(table);
      conditions.texts.push(`id = ${conditions.add(id)}`);
      return oldestFirst(conditions, MOST_WITH_ONE_ID);
    },

    async find(identities) {
      if (identities.length === 0) return [];
      const conditions = unexpired(table);
      conditions.texts.push(`key = ANY (${conditions.add(keysOf(identities))}::uuid[])`);
      return oldestFirst(conditions);
    },

    async childrenOf(identities, limit) {
      if (identities.length === 0) return [];
      const conditions = unexpired(table);
      conditions.texts.push(`parents && ${conditions.add(keysOf(identities))}::uuid[]`);
      return oldestFirst(conditions, limit);
    },
  };
}

const unexpired = (table: Table): Conditions => conditionsOf(table, Number.MIN_SAFE_INTEGER);

const keysOf = (identities: readonly EventIdentity[]): string => textArray(identities.map(eventKey));

function columnsOf(rows: readonly { time: Micros; key: string; archived: ArchivedEvent }[]): string[] {
  const events = rows.map(({ archived }) => archived.event);
  const texts = (of: (event: Event) => string | undefined) => textArray(events.map(of));
  return [
    numberArray(rows.map(({ time }) => time)),
    textArray(rows.map(({ key }) => key)),
    numberArray(rows.map(({ archived }) => archived.archivedAt)),
    texts(({ id }) => id),
    texts(({ source }) => source),
    texts(({ type }) => type),
    texts(({ correlation_id }) => correlation_id),
    texts(parentKeys),
    texts((event) => JSON.stringify(event)),
  ];
}

function parentKeys(event: Event): string | undefined {
  const parents = parentsOf(event);
  return parents.length > 0 ? keysOf(parents) : undefined;
}

function matching(table: Table, { type, source, correlationId, from, to }: EventSearch): Conditions {
  const conditions = conditionsOf(table, from, to);
  const { texts, add } = conditions;
  if (type !== undefined) texts.push(...ofType(type, add));
  if (source !== undefined)
    texts.push(`left(source, 255) = left(${add(source)}, 255)`, `source = ${add(source)}`);
  if (correlationId !== undefined) texts.push(`correlation_id = ${add(correlationId)}`);
  return conditions;
}

/** Those that begin with `model.` lie between it and `model/`, since the two characters are neighbours. */
function ofType(type: string, add: Conditions["add"]): string[] {
  if (type === "*") return [];
  if (!type.endsWith(".*")) return [`type = ${add(type)}`];
  const words = type.slice(0, -2);
  return [`type > ${add(`${words}.`)}`, `type < ${add(`${words}/`)}`];
}

const archivedOf = ({ event, archived_at }: EventRow): ArchivedEvent => ({
  event,
  archivedAt: Number(archived_at),
});
