import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryHome } from "../../../../test/temporary-home.ts";
import { openMark } from "./mark.ts";

let directory: string;
beforeEach(async () => {
  directory = await temporaryHome();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe("a mark", () => {
  it("is read as it was written last, to the microsecond, and leaves nothing beside it [EDGE-05]", async () => {
    const mark = openMark(join(directory, "postgres"), 'public."../a b"');
    expect(await mark.read()).toBeUndefined();
    await mark.write(1_709_294_400_123_456);
    await mark.write(1_709_294_400_123_457);
    expect(await mark.read()).toBe(1_709_294_400_123_457);
    expect(await readdir(join(directory, "postgres"))).toEqual(["public.%22..%2Fa%20b%22.json"]);
  });

  it("is each table's own", async () => {
    await openMark(directory, "public.a").write(1_000_000);
    expect(await openMark(directory, "public.b").read()).toBeUndefined();
  });

  it.each(["", "{", '{"settled":"yesterday"}'])("that says %j is no reason to begin anew", async (text) => {
    await writeFile(join(directory, "public.a.json"), text);
    await expect(openMark(directory, "public.a").read()).rejects.toThrow(
      "public.a.json: expected a mark, got",
    );
  });
});
