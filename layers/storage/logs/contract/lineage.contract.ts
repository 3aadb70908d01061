import { expect, it } from "vitest";
import { archived, type Context, DAY, eventIdsOf, eventOf, MIDNIGHT, newName } from "./samples.ts";

export function lineageContract(context: Context): void {
  it("finds the events of some identities, and none of which only a half fits [EVT-04]", async () => {
    const [a, b] = [`/${newName("source")}`, `/${newName("source")}`];
    const events = [
      eventOf({ source: a, id: "1" }),
      eventOf({ source: a, id: "2" }),
      eventOf({ source: b, id: "1", at: MIDNIGHT - 5 * DAY }),
    ];
    await archived(context, events);
    const find = async (...pairs: [string, string][]) =>
      (await context().store.events.find(pairs.map(([source, id]) => ({ source, id }))))
        .map(({ event }) => `${event.source} ${event.id}`)
        .sort();
    expect(await find([a, "1"], [b, "1"])).toEqual([`${a} 1`, `${b} 1`].sort());
    expect(await find([b, "2"], [a, "3"], [`${a} 1`, ""])).toEqual([]);
    expect(await find([a, "2"], [a, "2"], [b, "2"])).toEqual([`${a} 2`]);
    expect(await find()).toEqual([]);
  });

  it("finds the children of an event by source and id, or by the bare id within its source [EVT-04]", async () => {
    const [a, b] = [`/${newName("source")}`, `/${newName("source")}`];
    const at = (i: number) => MIDNIGHT + i;
    await archived(context, [
      eventOf({ source: a, id: "root" }),
      eventOf({ source: b, id: "full", parentids: `${a}#root`, at: at(3) }),
      eventOf({ source: a, id: "bare", parentids: "root", at: at(1) }),
      eventOf({ source: a, id: "several", parentids: `x, ${b}#y ,root`, at: at(2) }),
      eventOf({ source: b, id: "other's bare", parentids: "root", at: at(4) }),
      eventOf({ source: a, id: "prefix", parentids: "roo,rootx", at: at(5) }),
      eventOf({ source: a, id: "unrelated", at: at(6) }),
    ]);
    const children = async (source: string, id: string, limit = 100) =>
      eventIdsOf(await context().store.events.childrenOf([{ source, id }], limit));
    expect(await children(a, "root")).toEqual(["bare", "several", "full"]);
    expect(await children(b, "root")).toEqual(["other's bare"]);
    expect(await children(b, "y")).toEqual(["several"]);
    expect(await children(a, "root", 2)).toEqual(["bare", "several"]);
    expect(await children(a, "none")).toEqual([]);
  });

  it("tells a source that holds a # from its id by the last one [EVT-04]", async () => {
    const source = `https://example.com/${newName("source")}#part`;
    await archived(context, [
      eventOf({ source, id: "1" }),
      eventOf({ source: "/b", id: "2", parentids: `${source}#1` }),
    ]);
    expect(eventIdsOf(await context().store.events.childrenOf([{ source, id: "1" }], 10))).toEqual(["2"]);
  });

  it("answers about a thousand identities at once, each child once [EVT-04]", async () => {
    const source = `/${newName("source")}`;
    const ids = Array.from({ length: 1_000 }, (_, i) => `${i}`);
    const parents = ids.map((id) => eventOf({ source, id }));
    const child = eventOf({ source, id: "child", parentids: ids.slice(0, 900).join(",") });
    await archived(context, [...parents, child]);
    const identities = ids.map((id) => ({ source, id }));
    expect(await context().store.events.find(identities)).toHaveLength(1_000);
    expect(eventIdsOf(await context().store.events.childrenOf(identities, 10))).toEqual(["child"]);
    expect(await context().store.events.childrenOf([], 10)).toEqual([]);
  });

  it("lets events be each other's and their own parents", async () => {
    const source = `/${newName("source")}`;
    await archived(context, [
      eventOf({ source, id: "a", parentids: "b,a" }),
      eventOf({ source, id: "b", parentids: "a", at: MIDNIGHT + 1 }),
    ]);
    expect(eventIdsOf(await context().store.events.childrenOf([{ source, id: "a" }], 10))).toEqual([
      "a",
      "b",
    ]);
  });
}
