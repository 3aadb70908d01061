import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { temporaryHome } from "../../../test/temporary-home.ts";
import { madeOnce } from "./made-once.ts";

let home: string;
beforeAll(async () => {
  home = await temporaryHome();
});
afterAll(() => rm(home, { recursive: true, force: true }));

const make = (text: string) => async (folder: string) => {
  const made = join(folder, "root");
  await mkdir(made);
  await writeFile(join(made, "file"), text);
  return made;
};

it("makes a folder once and keeps it", async () => {
  const place = join(home, "deep/kept");
  expect(await madeOnce(place, make("first"))).toBe(place);
  expect(await madeOnce(place, make("second"))).toBe(place);
  expect(await readFile(join(place, "file"), "utf8")).toBe("first");
});

it("keeps one whole folder when two make it at once, and nothing beside it", async () => {
  const place = join(home, "raced/kept");
  await Promise.all([madeOnce(place, make("one")), madeOnce(place, make("two"))]);
  expect(await readFile(join(place, "file"), "utf8")).toMatch(/^(one|two)$/);
  expect(await readdir(dirname(place))).toEqual(["kept"]);
});

it("leaves nothing behind when making fails, and makes it the next time", async () => {
  const place = join(home, "failed/kept");
  const failing = async () => {
    throw new Error("no network");
  };
  await expect(madeOnce(place, failing)).rejects.toThrow("no network");
  expect(await readdir(dirname(place))).toEqual([]);
  await madeOnce(place, make("then"));
  expect(await readFile(join(place, "file"), "utf8")).toBe("then");
});
