import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Event, identityOf } from "../../layers/core/envelope.ts";
import { parentsOf } from "../../layers/core/lineage.ts";
import { formatTime } from "../../layers/core/time.ts";
import type { ArchivedEvent } from "../../layers/storage/logs/port.ts";
import { chainOf } from "./chain.ts";

/** An event, as many seconds after the epoch as the number in its id says, that follows from others. */
const archived = (id: string, parents: readonly string[] = [], source = "/a"): ArchivedEvent => {
  const event: Event = {
    specversion: "1.0",
    id,
    source,
    type: "step.taken",
    time: formatTime(Number(id.replace(/\D/g, "")) * 1_000_000),
    correlation_id: "c",
  };
  if (parents.length > 0) event.parentids = parents.join(",");
  return { event, archivedAt: 1 };
};

/** What the port promises, over a list, and how often it was asked. */
function archiveOf(events: readonly ArchivedEvent[]) {
  const archive = {
    lookUps: 0,
    async find(identities: readonly { source: string; id: string }[]) {
      archive.lookUps++;
      const wanted = new Set(identities.map(identityOf));
      return events.filter(({ event }) => wanted.has(identityOf(event)));
    },
    async childrenOf(identities: readonly { source: string; id: string }[], limit: number) {
      archive.lookUps++;
      const wanted = new Set(identities.map(identityOf));
      const children = events.filter(({ event }) =>
        parentsOf(event).some((parent) => wanted.has(identityOf(parent))),
      );
      return children.slice(0, limit);
    },
  };
  return archive;
}

const usual = { maxDepth: 50, maxEvents: 1_000 };

async function walk(events: readonly ArchivedEvent[], id: string, limits = usual) {
  const start = events.find(({ event }) => event.id === id);
  if (!start) throw new Error(`no event ${id} in the sample`);
  const { links, ...rest } = await chainOf(start, archiveOf(events), limits);
  return { ...rest, found: links.map(({ depth, archived: { event } }) => [event.id, depth]) };
}

describe("chainOf", () => {
  const family = [
    archived("1"),
    archived("2", ["1"]),
    archived("3", ["1"]),
    archived("4", ["2", "3"]),
    archived("5", ["4"]),
    archived("6"),
  ];

  it("finds ancestors and descendants with their depth, each once [EVT-04]", async () => {
    expect(await walk(family, "4")).toEqual({
      found: [
        ["1", -2],
        ["2", -1],
        ["3", -1],
        ["4", 0],
        ["5", 1],
      ],
      missing: [],
      truncated: false,
    });
    expect((await walk(family, "2")).found).toEqual([
      ["1", -1],
      ["2", 0],
      ["4", 1],
      ["5", 2],
    ]);
    expect((await walk(family, "6")).found).toEqual([["6", 0]]);
  });

  it("tells events of other sources apart by their source [EVT-04]", async () => {
    const events = [archived("1", [], "/a"), archived("1", [], "/b"), archived("2", ["/b#1"], "/a")];
    const start = events[2] as ArchivedEvent;
    const { links } = await chainOf(start, archiveOf(events), usual);
    expect(links.map(({ archived: { event } }) => identityOf(event))).toEqual(["/b 1", "/a 2"]);
  });

  it("names what is a parent and not archived [EVT-04]", async () => {
    expect((await walk([archived("2", ["1", "/b#7"])], "2")).missing).toEqual([
      { source: "/a", id: "1", depth: -1 },
      { source: "/b", id: "7", depth: -1 },
    ]);
  });

  it("survives events that follow from each other, and from themselves [EVT-04]", async () => {
    const circle = [archived("1", ["3"]), archived("2", ["1"]), archived("3", ["2", "3"])];
    const { found, truncated } = await walk(circle, "1");
    expect(found).toEqual([
      ["2", -2],
      ["3", -1],
      ["1", 0],
    ]);
    expect(truncated).toBe(false);
  });

  const line = Array.from({ length: 30 }, (_, i) => archived(String(i), i > 0 ? [String(i - 1)] : []));

  it.each([
    [3, 1_000, 7, true],
    [50, 10, 10, true],
    [14, 1_000, 29, true],
    [15, 1_000, 30, false],
    [50, 30, 30, false],
  ])(
    "stops at a depth of %i and at %i events, and says so",
    async (maxDepth, maxEvents, count, truncated) => {
      const result = await walk(line, "15", { maxDepth, maxEvents });
      expect([result.found.length, result.truncated]).toEqual([count, truncated]);
    },
  );

  it("asks once per generation, however wide it is", async () => {
    const wide = [archived("0"), ...Array.from({ length: 500 }, (_, i) => archived(`x${i}`, ["0"]))];
    const archive = archiveOf(wide);
    const { links } = await chainOf(wide[0] as ArchivedEvent, archive, usual);
    expect([links.length, archive.lookUps]).toEqual([501, 2]);
  });

  it("finds in any graph what a walk over all its edges finds", async () => {
    const graph = fc.array(fc.array(fc.nat({ max: 14 }), { maxLength: 4 }), { minLength: 1, maxLength: 15 });
    await fc.assert(
      fc.asyncProperty(graph, async (parents) => {
        const events = parents.map((of, id) => archived(String(id), of.map(String)));
        const { found, truncated } = await walk(events, "0");
        expect(new Set(found.map(([id]) => Number(id)))).toEqual(reachable(parents));
        expect(truncated).toBe(false);
      }),
    );
  });
});

/** Up along the parents, and down along the children, of event 0. */
function reachable(parents: readonly (readonly number[])[]): Set<number> {
  const up = closure((id) => parents[id] ?? []);
  const down = closure((id) => parents.flatMap((of, child) => (of.includes(id) ? [child] : [])));
  return new Set([...up, ...down].filter((id) => id < parents.length));
}

function closure(next: (id: number) => readonly number[]): Set<number> {
  const found = new Set([0]);
  for (const id of found) for (const other of next(id)) found.add(other);
  return found;
}
