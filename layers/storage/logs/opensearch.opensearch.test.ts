import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { startOpenSearch } from "../../../test/opensearch/node.ts";
import { UnavailableError } from "../../core/errors.ts";
import {
  archived,
  DAY,
  entryOf,
  eventOf,
  found,
  foundEvents,
  HOUR,
  MIDNIGHT,
  newName,
  now,
  stored,
  WHOLE_DAY,
} from "./contract/samples.ts";
import { migrateOpenSearchLogs, openOpenSearchLogs } from "./opensearch/logs.ts";
import { describeLogs, type OpenedLogs } from "./port.contract.ts";

const newPrefix = () => `test-${randomUUID()}`;

async function ask(method: string, path: string, endpoint = inject("openSearchUrl")): Promise<unknown> {
  const answer = await fetch(endpoint + path, { method });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: expected success, got ${answer.status} ${text}`);
  return JSON.parse(text);
}

async function openFresh(prefix = newPrefix()): Promise<OpenedLogs> {
  const endpoint = inject("openSearchUrl");
  await migrateOpenSearchLogs({ endpoint, prefix, replicas: 0 });
  return {
    store: openOpenSearchLogs({ endpoint, prefix }),
    caughtUp: async () => {
      await ask("POST", `/${prefix}-*/_refresh`);
    },
    close: async () => {
      await ask("DELETE", `/${prefix}-*`);
      for (const kind of ["logs", "events"]) await ask("DELETE", `/_index_template/${prefix}-${kind}`);
    },
  };
}

describeLogs("the logs in OpenSearch", openFresh);

describe("what is OpenSearch's own", () => {
  const prefix = newPrefix();
  let opened: OpenedLogs;

  beforeAll(async () => {
    opened = await openFresh(prefix);
  });
  afterAll(() => opened.close());

  const context = () => opened;
  const indices = async (): Promise<string[]> => {
    const rows = (await ask("GET", `/_cat/indices/${prefix}-*?format=json&h=index`)) as { index: string }[];
    return rows.map(({ index }) => index.slice(prefix.length + 1)).sort();
  };
  const day = (time: number) => new Date(time / 1_000).toISOString().slice(0, 10).replaceAll("-", ".");

  it("says that what was written is found within seconds, and finds it then without being told to", async () => {
    expect(opened.store.capabilities).toEqual({ immediateSearch: false });
    const entry = entryOf({ service: newName("service") });
    await opened.store.entries.write([entry]);
    const search = { ...WHOLE_DAY, service: entry.service };
    const entries = async () => (await opened.store.entries.search(search)).entries;
    await expect.poll(entries, { timeout: 10_000 }).toEqual([entry]);
  });

  it("puts the same document into the same index whenever it comes, so that it stays one [BUS-08]", async () => {
    const entry = entryOf({ service: newName("service"), time: now() - 5 * DAY });
    const event = eventOf({ source: `/${newName("source")}`, at: now() - 100 * DAY });
    await stored(context, [entry]);
    await archived(context, [event]);
    await opened.store.maintain(now());
    await opened.store.maintain(now() + 3 * DAY);
    const clock = { now: () => Date.now() + 8 * 86_400_000 };
    const later = {
      ...opened,
      store: openOpenSearchLogs({ endpoint: inject("openSearchUrl"), prefix, clock }),
    };
    await stored(() => later, [entry]);
    await archived(() => later, [event]);
    const range = { from: 0, to: now() };
    expect(await found(context, { service: entry.service, ...range })).toEqual([entry]);
    expect(await foundEvents(context, { source: event.event.source, ...range })).toEqual([event]);
  });

  it("makes the coming indices, with the mapping, and deletes those of which all has expired, and no other", async () => {
    const own = newPrefix();
    const other = await openFresh(own);
    onTestFinished(() => other.close());
    const names = async () => {
      const rows = (await ask("GET", `/_cat/indices/${own}-*?format=json&h=index`)) as { index: string }[];
      return rows.map(({ index }) => index.slice(own.length + 1)).sort();
    };
    const at = MIDNIGHT + HOUR;
    await other.store.entries.write([entryOf({ time: at })]);
    await other.store.maintain(at + 31 * DAY);
    const logs = async () => (await names()).filter((name) => name.startsWith("logs-"));
    expect(await logs()).toContain(`logs-${day(at)}`);
    await other.store.maintain(at + 32 * DAY);
    expect(await logs()).toEqual([31, 32, 33].map((days) => `logs-${day(at + days * DAY)}`));
    const mapping = await ask("GET", `/${own}-logs-${day(at + 33 * DAY)}/_mapping`);
    expect(JSON.stringify(mapping)).toContain('"dynamic":"false"');
  });

  it("never answers with what has expired, while its index is still there", async () => {
    const [entry, event] = [
      entryOf({ service: newName("service") }),
      eventOf({ source: `/${newName("s")}` }),
    ];
    await stored(context, [entry]);
    await archived(context, [event]);
    const { source, id } = event.event;
    const at = (days: number) => {
      const clock = { now: () => MIDNIGHT / 1_000 + days * 86_400_000 + 1 };
      return openOpenSearchLogs({ endpoint: inject("openSearchUrl"), prefix, clock });
    };
    const search = { ...WHOLE_DAY, service: entry.service };
    expect((await at(29).entries.search(search)).count).toBe(1);
    expect((await at(30).entries.search(search)).count).toBe(0);
    expect(await at(364).events.find([{ source, id }])).toEqual([event]);
    expect(await at(365).events.find([{ source, id }])).toEqual([]);
  });

  it("keeps attributes out of the mapping, however many there are", async () => {
    const index = `${prefix}-logs-${day(MIDNIGHT)}`;
    await stored(context, [entryOf({})]);
    const before = await ask("GET", `/${index}/_mapping`);
    const attributes = Object.fromEntries(
      Array.from({ length: 3_000 }, (_, i) => [`a${i}`, { [`b${i}`]: i }]),
    );
    await stored(context, [entryOf({ attributes })]);
    expect(await ask("GET", `/${index}/_mapping`)).toEqual(before);
  });

  it("does not answer the words of an entry, which are there to be found by", async () => {
    await stored(context, [entryOf({ message: "word by word" })]);
    const { hits } = (await ask("GET", `/${prefix}-logs-*/_search?q=service:checkout&size=1`)) as {
      hits: { hits: { _source: object }[] };
    };
    expect(hits.hits[0]?._source).toHaveProperty("message");
    expect(hits.hits[0]?._source).not.toHaveProperty("words");
  });

  it("is unavailable, and makes no index with a mapping of its own, before it was migrated", async () => {
    const unmigrated = openOpenSearchLogs({ endpoint: inject("openSearchUrl"), prefix: `${prefix}x` });
    await expect(unmigrated.entries.write([entryOf({})])).rejects.toThrow(
      /index template .*, which a migration makes/,
    );
    await expect(unmigrated.maintain(now())).rejects.toThrow(UnavailableError);
    await expect(unmigrated.check()).rejects.toThrow(UnavailableError);
    expect((await indices()).filter((name) => name.startsWith("x"))).toEqual([]);
  });

  it("can be migrated again with data in it", async () => {
    const entry = entryOf({ service: newName("service") });
    await stored(context, [entry]);
    await migrateOpenSearchLogs({ endpoint: inject("openSearchUrl"), prefix, replicas: 0 });
    expect(await found(context, { service: entry.service })).toEqual([entry]);
  });

  it("writes more than one request takes", async () => {
    const service = newName("service");
    const entries = Array.from({ length: 30 }, (_, i) =>
      entryOf({ service, time: MIDNIGHT + i, message: `${i} ${"x".repeat(300_000)}` }),
    );
    await stored(context, entries);
    expect((await found(context, { service })).map(({ time }) => time - MIDNIGHT)).toEqual(
      Array.from({ length: 30 }, (_, i) => 29 - i),
    );
  });
});

it("has everything it said was written when the node is killed, and is unavailable meanwhile", async () => {
  const node = await startOpenSearch(() => {});
  onTestFinished(() => node.stop());
  await migrateOpenSearchLogs({ endpoint: node.url, replicas: 0 });
  const store = openOpenSearchLogs({ endpoint: node.url, timeoutMs: 5_000 });
  const entry = entryOf({});
  await store.entries.write([entry]);
  await node.kill("SIGKILL");
  await expect(store.entries.write([entryOf({})])).rejects.toThrow(UnavailableError);
  await node.restart();
  await ask("POST", "/telemetry-*/_refresh", node.url);
  expect((await store.entries.search(WHOLE_DAY)).entries).toEqual([entry]);
}, 120_000);
