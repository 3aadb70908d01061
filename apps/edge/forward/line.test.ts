import { describe, expect, it } from "vitest";
import { Line } from "./line.ts";

const MINUTE = 60_000;

describe("a line to the platform", () => {
  it("is given twice as long after each attempt without an answer, and ten minutes at most [EDGE-04]", () => {
    const line = new Line({ timeout: 30_000, inFlight: 4 });
    const limits = [0, 1, 2, 4, 5, 2_000].map((timeouts) => line.limitMs(timeouts) / MINUTE);
    expect(limits).toEqual([0.5, 1, 2, 8, 10, 10]);
  });

  it("keeps what answers have taken in mind, and forgets it by halves [EDGE-04]", () => {
    const line = new Line({ timeout: 30_000, inFlight: 4 });
    line.answered(1.5 * MINUTE);
    expect(line.limitMs(0)).toBe(3 * MINUTE);
    line.answered(100.7);
    expect(line.limitMs(0)).toBe(1.5 * MINUTE);
    for (let i = 0; i < 3; i++) line.answered(100.7);
    expect(line.limitMs(0)).toBe(30_000);
  });

  it("is used by one at a time once it is narrow, until an answer is quick enough for all [EDGE-04]", async () => {
    const line = new Line({ timeout: 1_000, inFlight: 4 });
    const running: string[] = [];
    const ends = new Map<string, () => void>();
    const use = (name: string) =>
      line.use(async () => {
        running.push(name);
        await new Promise<void>((resolve) => ends.set(name, resolve));
        running.splice(running.indexOf(name), 1);
      });
    line.narrow();
    const [a, b] = [use("a"), use("b")];
    await expect.poll(() => running).toEqual(["a"]);
    line.answered(300);
    const c = use("c");
    ends.get("a")?.();
    await a;
    await expect.poll(() => running).toEqual(["b"]);
    line.answered(200);
    void use("d");
    expect(running).toEqual(["b", "d"]);
    ends.get("b")?.();
    await b;
    await expect.poll(() => running).toEqual(["d", "c"]);
    for (const name of ["c", "d"]) ends.get(name)?.();
    await c;
  });
});
