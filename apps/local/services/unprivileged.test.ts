import { constants } from "node:fs";
import { rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { temporaryHome } from "../../../test/temporary-home.ts";
import { runCommand } from "./run-command.ts";
import { giveToUnprivileged, unprivileged } from "./unprivileged.ts";

let folder: string;
beforeAll(async () => {
  folder = await temporaryHome();
});
afterAll(() => rm(folder, { recursive: true }));

if (process.platform === "linux" && process.getuid?.() === 0) {
  it("is nobody, who is told that what only root may reach is reachable, as PostgreSQL asks about its programs", async () => {
    const program = join(folder, "program");
    await writeFile(program, "", { mode: 0o755 });
    expect((await stat(folder)).mode & 0o777).toBe(0o700);

    const script = `fs.accessSync(${JSON.stringify(program)}, ${constants.X_OK}); process.getuid()`;
    const [file = "", ...args] = [...unprivileged, process.execPath, "-p", script];
    expect(await runCommand(file, args)).toBe("65534\n");
  });

  it("owns what it is given", async () => {
    await giveToUnprivileged(folder);
    expect(await stat(folder)).toMatchObject({ uid: 65_534, gid: 65_534 });
  });
} else {
  it("changes nothing for who is not root", async () => {
    expect(unprivileged).toEqual([]);
    await giveToUnprivileged(folder);
    expect((await stat(folder)).uid).toBe(process.getuid?.());
  });
}
