import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { migrate } from "../../layers/storage/postgres/migrate.ts";

export const sets = ["registry", "measurements", "logs"] as const;
export type SchemaSet = (typeof sets)[number];

const folderOf = (set: SchemaSet): string =>
  fileURLToPath(new URL(`../../layers/storage/${set}/postgres/migrations`, import.meta.url));

const filesOf = async (set: SchemaSet): Promise<string[]> => (await readdir(folderOf(set))).sort();

const versionOf = (file: string): number => Number(file.slice(0, 3));

/** The versions that a schema has had, in order. */
export const versionsOf = async (set: SchemaSet): Promise<number[]> => (await filesOf(set)).map(versionOf);

/** Brings a schema to one of its former versions, as the release that ended with it did. */
export async function migrateTo(connectionString: string, set: SchemaSet, version: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "migrations-"));
  try {
    for (const file of await filesOf(set)) {
      if (versionOf(file) <= version) await copyFile(join(folderOf(set), file), join(directory, file));
    }
    await migrate({ connectionString, directory, table: `${set}_schema` });
  } finally {
    await rm(directory, { recursive: true });
  }
}
