import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * A folder that is made on the first call and kept: beside its place, and moved there when it is whole, so that nobody
 * ever sees half of it. Two who make it at once make the same, and the first one's is kept.
 *
 * @param make is given an empty folder, and says what in it is to be moved to `place`
 * @returns the place
 */
export async function madeOnce(place: string, make: (folder: string) => Promise<string>): Promise<string> {
  if (existsSync(place)) return place;
  await mkdir(dirname(place), { recursive: true });
  const folder = await mkdtemp(`${place}.partial-`);
  try {
    const made = await make(folder);
    await rename(made, place).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return place;
}
