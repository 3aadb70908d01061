import { appendFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryHome } from "../../../test/temporary-home.ts";
import { openSealedFile } from "./file.ts";
import { headAt, sealedContract } from "./port.contract.ts";

describe("sealed heads in a file", () => {
  sealedContract(async () => {
    const home = await temporaryHome();
    return {
      open: () => openSealedFile(join(home, "audit-heads")),
      discard: () => rm(home, { recursive: true }),
    };
  });
});

describe("what is the file's own", () => {
  let home: string;
  let file: string;

  beforeEach(async () => {
    home = await temporaryHome();
    file = join(home, "heads.ndjson");
  });
  afterEach(() => rm(home, { recursive: true }));

  it("is a line per head, that can be kept elsewhere", async () => {
    const heads = openSealedFile(home);
    await heads.seal(headAt(1));
    await heads.seal(headAt(2));
    const lines = (await readFile(file, "utf8")).split("\n");
    expect(lines.slice(0, 2).map((line) => JSON.parse(line))).toEqual([headAt(1), headAt(2)]);
    expect(lines).toHaveLength(3);
  });

  it("passes over a line that a crash cut off, wherever it ended", async () => {
    const heads = openSealedFile(home);
    const line = JSON.stringify(headAt(2));
    for (const cut of [1, 20, line.length - 1]) {
      await writeFile(file, "");
      await heads.seal(headAt(1));
      await appendFile(file, line.slice(0, cut));
      expect(await heads.newest()).toEqual(headAt(1));
      await heads.seal(headAt(2));
      await heads.seal(headAt(3));
      expect(await heads.list({ after: 0, limit: 9 })).toEqual([1, 2, 3].map((position) => headAt(position)));
    }
  });

  it("names a line that is no head", async () => {
    await writeFile(file, `${JSON.stringify(headAt(1))}\n{"position": 2}\n`);
    await expect(openSealedFile(home).newest()).rejects.toMatchObject({
      code: "unreadable",
      message: expect.stringContaining(`${file}:2: `),
    });
  });

  it("says which file it cannot write", async () => {
    await writeFile(file, "");
    const heads = openSealedFile(file);
    await expect(heads.seal(headAt(1))).rejects.toMatchObject({
      name: "UnavailableError",
      message: expect.stringContaining(file),
    });
  });
});
