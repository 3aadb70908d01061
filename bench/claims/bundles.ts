import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { manifest } from "../../functions/manifest.ts";
import { bundle } from "../../test/bundles/bundle.ts";
import { startImporter } from "../../test/bundles/import-time.ts";
import { below, type Claim, ms, type Row, type Unit } from "../claim.ts";
import { median } from "../measure.ts";

const MOST_MS = 150;
const MOST_KB = 1_000;
const kilobytes: Unit = (size) => `${Math.round(size)} kB`;

/** What nearly every function does before its first call, by AWS's own client, and nothing else. */
const READS_A_SECRET = `
  import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
  await new SecretsManagerClient({}).send(new GetSecretValueCommand({ SecretId: "any" }));
  export const handler = async () => {};
`;

/** How long each function takes to load beyond an empty handler, and how large its bundle is. */
export const bundles: Claim = {
  name: "bundles",
  async run({ rounds }) {
    // Where what is left out of bundles is found.
    const folder = await mkdtemp(join(import.meta.dirname, "../../node_modules/.bundles-"));
    const importer = await startImporter();
    try {
      const made = await bundle(
        manifest.map(({ name }) => name),
        folder,
      );
      const empty = join(folder, "empty.mjs");
      const secret = join(folder, "secret.mjs");
      await writeFile(empty, "export const handler = async () => {};\n");
      await writeFile(secret, READS_A_SECRET);
      const times = new Map(
        [empty, secret, ...made.map(({ file }) => file)].map((file) => [file, [] as number[]]),
      );
      for (let round = 0; round <= rounds; round++) {
        for (const [file, samples] of times) {
          const time = await importer.milliseconds(file);
          // The first round finds the disk's cache cold.
          if (round > 0) samples.push(time);
        }
      }
      const beyondEmpty = (file: string) => median(times.get(file) ?? []) - median(times.get(empty) ?? []);
      return rowsOf(
        made.map(({ name, file, bytes }) => ({ name, bytes, ms: beyondEmpty(file) })),
        beyondEmpty(secret),
      );
    } finally {
      await importer.close();
      await rm(folder, { recursive: true });
    }
  },
};

function rowsOf(measured: readonly { name: string; bytes: number; ms: number }[], secretMs: number): Row[] {
  const [slowest] = [...measured].sort((a, b) => b.ms - a.ms);
  const [largest] = [...measured].sort((a, b) => b.bytes - a.bytes);
  return [
    {
      claim: `a function's import beyond an empty handler's, the slowest of ${measured.length} (${slowest?.name}); the floor reads a secret and does nothing else`,
      ours: slowest?.ms ?? Number.NaN,
      p50: median(measured.map((each) => each.ms)),
      floor: secretMs,
      unit: ms,
      reach: below(MOST_MS, ms),
    },
    {
      claim: `a function's bundle, the largest of ${measured.length} (${largest?.name})`,
      ours: (largest?.bytes ?? Number.NaN) / 1_000,
      unit: kilobytes,
      reach: below(MOST_KB, kilobytes),
    },
  ];
}
