import { describe, expect, it } from "vitest";
import { Recent } from "./recent.ts";

describe("what was done lately", () => {
  it("is not done again", async () => {
    const recent = new Recent(10);
    let times = 0;
    const work = async () => void times++;
    expect([await recent.once("a", work), await recent.once("a", work)]).toEqual([true, false]);
    expect(times).toBe(1);
  });

  it("is not done twice at the same time either [BUS-08]", async () => {
    const recent = new Recent(10);
    const gate = Promise.withResolvers<void>();
    let times = 0;
    const work = async () => {
      times++;
      await gate.promise;
    };
    const all = [recent.once("a", work), recent.once("a", work), recent.once("a", work)];
    gate.resolve();
    expect(await Promise.all(all)).toEqual([true, false, false]);
    expect(times).toBe(1);
  });

  it("is done by the next in line if it fails", async () => {
    const recent = new Recent(10);
    let times = 0;
    const work = async () => {
      if (++times < 3) throw new Error(`attempt ${times}`);
    };
    const settled = await Promise.allSettled([1, 2, 3, 4].map(() => recent.once("a", work)));
    expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled", "fulfilled"]);
    expect(times).toBe(3);
  });

  it("is forgotten once so many others were done since", async () => {
    const recent = new Recent(2);
    const nothing = async () => {};
    for (const name of ["a", "b", "c"]) await recent.once(name, nothing);
    expect(await recent.once("c", nothing)).toBe(false);
    expect(await recent.once("a", nothing)).toBe(true);
  });
});
