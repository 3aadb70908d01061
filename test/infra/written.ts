import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryHome } from "../temporary-home.ts";
import type { Synthesized } from "./synthesized.ts";

export interface Written {
  /** One file per stack. */
  files: readonly string[];
  discard(): Promise<void>;
}

/** Templates as files, for programs that read those. */
export async function written({ templates }: Pick<Synthesized, "templates">): Promise<Written> {
  const folder = join(await temporaryHome(), "templates");
  await mkdir(folder);
  const files = [...templates].map(([stack, template]) => ({
    file: join(folder, `${stack}.template.json`),
    text: JSON.stringify(template.toJSON(), undefined, 2),
  }));
  await Promise.all(files.map(({ file, text }) => writeFile(file, text)));
  return {
    files: files.map(({ file }) => file),
    discard: () => rm(join(folder, ".."), { recursive: true, force: true }),
  };
}
