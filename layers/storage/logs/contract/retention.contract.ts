import { expect, it } from "vitest";
import { logRetentionDefaults } from "../retention.ts";
import {
  archived,
  type Context,
  DAY,
  entryOf,
  eventOf,
  found,
  foundEvents,
  HOUR,
  idsOf,
  newName,
  now,
  stored,
} from "./samples.ts";

export function retentionContract(context: Context): void {
  const { logRetentionDays, archiveRetentionDays } = logRetentionDefaults;
  const everything = () => ({ from: 0, to: now() + 2 * DAY });

  it("answers with entries up to 30 days old, and never with what is older", async () => {
    const service = newName("service");
    const ages = [logRetentionDays * DAY - HOUR, logRetentionDays * DAY + HOUR, 1_000 * DAY, now()];
    const entries = ages.map((age) => entryOf({ service, time: now() - age }));
    await stored(context, entries);
    expect(idsOf(await found(context, { service, ...everything() }))).toEqual([entries[0]?.id]);
  });

  it("answers with events up to a year old, and never with what is older", async () => {
    const [source, id] = [`/${newName("source")}`, newName("id")];
    const ages = [archiveRetentionDays * DAY - HOUR, archiveRetentionDays * DAY + HOUR, 1_000 * DAY];
    const events = ages.map((age) => eventOf({ source, id, parentids: "p", at: now() - age }));
    await archived(context, events);
    const [kept] = events;
    const { store } = context();
    expect(await foundEvents(context, { source, ...everything() })).toEqual([kept]);
    expect(await store.events.withId(id)).toEqual([kept]);
    expect(await store.events.find([{ source, id }])).toEqual([kept]);
    expect(await store.events.childrenOf([{ source, id: "p" }], 10)).toEqual([kept]);
  });

  it("takes what is a little ahead of its clock", async () => {
    const entry = entryOf({ service: newName("service"), time: now() + HOUR });
    await stored(context, [entry]);
    expect(await found(context, { service: entry.service, ...everything() })).toEqual([entry]);
  });

  it("keeps everything that has not expired through any number of maintenances", async () => {
    const [service, source] = [newName("service"), `/${newName("source")}`];
    const entries = [29, 15, 0].map((days) => entryOf({ service, time: now() - days * DAY }));
    const events = [364, 100, 0].map((days) => eventOf({ source, at: now() - days * DAY }));
    await stored(context, entries);
    await archived(context, events);
    const { store } = context();
    await store.maintain(now());
    await Promise.all([store.maintain(now()), store.maintain(now())]);
    await stored(context, [entryOf({ service, time: now() - 20 * DAY })]);
    expect(await found(context, { service, ...everything() })).toHaveLength(4);
    expect(await foundEvents(context, { source, ...everything() })).toHaveLength(3);
  });
}
