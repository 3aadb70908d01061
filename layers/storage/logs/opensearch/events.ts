import * as z from "zod";
import type { Event } from "../../../core/envelope.ts";
import { parentsOf } from "../../../core/lineage.ts";
import { eventKey } from "../identity.ts";
import type { ArchivedEvent, EventArchive, EventSearch } from "../port.ts";
import { checkEvent, separate } from "../soundness.ts";
import { type Collection, create, find, type Query, term } from "./documents.ts";

const MOST_WITH_ONE_ID = 100;
/** Of some identities: one each, but for those that were sent with several times. */
const MOST_FOUND = 10_000;

const sourceSchema = z.object({
  archived_at: z.number(),
  event: z.custom<Event>((event) => typeof event === "object" && event !== null),
});

export function openEvents(collection: Collection): EventArchive {
  async function oldestFirst(filter: Query, limit: number): Promise<ArchivedEvent[]> {
    const { sources } = await find(collection, { filters: [filter], order: "asc", limit });
    return sources.map(archivedOf);
  }

  return {
    async write(events) {
      const now = collection.now();
      const { sound, rejections } = separate(events, (event) => checkEvent(event, now));
      const documents = sound.map(({ item, index, time }) => ({
        time,
        index,
        key: eventKey(item.event),
        fields: fieldsOf(item),
      }));
      return [...rejections, ...(await create(collection, documents))];
    },

    async search({ from, to, limit, offset, ...search }) {
      const filters = filtersOf(search);
      const { sources, count } = await find(collection, { filters, from, to, order: "desc", limit, offset });
      return { events: sources.map(archivedOf), count };
    },

    withId: (id) => oldestFirst(term("id", id), MOST_WITH_ONE_ID),

    async find(identities) {
      if (identities.length === 0) return [];
      return oldestFirst({ terms: { key: identities.map(eventKey) } }, MOST_FOUND);
    },

    async childrenOf(identities, limit) {
      if (identities.length === 0) return [];
      return oldestFirst({ terms: { parents: identities.map(eventKey) } }, limit);
    },
  };
}

function fieldsOf({ event, archivedAt }: ArchivedEvent) {
  const { id, source, type, correlation_id } = event;
  return {
    archived_at: archivedAt,
    id,
    source,
    type,
    correlation_id,
    parents: parentsOf(event).map(eventKey),
    event,
  };
}

function filtersOf({
  type,
  source,
  correlationId,
}: Omit<EventSearch, "from" | "to" | "limit" | "offset">): Query[] {
  const filters: Query[] = [];
  if (type !== undefined) filters.push(...ofType(type));
  if (source !== undefined) filters.push(term("source", source));
  if (correlationId !== undefined) filters.push(term("correlation_id", correlationId));
  return filters;
}

function ofType(type: string): Query[] {
  if (type === "*") return [];
  return [type.endsWith(".*") ? { prefix: { type: type.slice(0, -1) } } : term("type", type)];
}

function archivedOf(source: unknown): ArchivedEvent {
  const { event, archived_at } = sourceSchema.parse(source);
  return { event, archivedAt: archived_at };
}
