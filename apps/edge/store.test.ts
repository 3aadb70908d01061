import { rm } from "node:fs/promises";
import { expect, it } from "vitest";
import { FailingDisk } from "../../layers/buffer/fakes/failing-disk.ts";
import { systemClock } from "../../layers/core/clock.ts";
import { temporaryHome } from "../../test/temporary-home.ts";
import { Store } from "./store.ts";

it("keeps its name when the disk cannot read it once: under another the platform would count again [EDGE-10]", async () => {
  const directory = await temporaryHome();
  const disk = new FailingDisk();
  const open = () =>
    Store.open({ directory, maxBytes: 1_000_000, maxAge: 86_400_000, disk, clock: systemClock });
  const store = await open();
  await store.close();
  disk.fail("read", "EIO");
  await expect(open()).rejects.toMatchObject({ code: "disk_failed" });
  const again = await open();
  expect(again.id).toBe(store.id);
  await again.close();
  await rm(directory, { recursive: true });
});
