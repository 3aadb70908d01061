import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { manifest } from "../../functions/manifest.ts";
import { type Bundle, bundle } from "./bundle.ts";

const MOST_BYTES = 1_000_000;
const root = join(import.meta.dirname, "..", "..");

let folder: string;
let bundles: Map<string, Bundle>;

beforeAll(async () => {
  // In the checkout, where what is left out of bundles is found.
  folder = await mkdtemp(join(root, "node_modules/.bundles-"));
  const made = await bundle(
    manifest.map(({ name }) => name),
    folder,
  );
  bundles = new Map(made.map((each) => [each.name, each]));
});

afterAll(() => rm(folder, { recursive: true }));

it.each(manifest.map(({ name }) => name))("the bundle of %s is below 1 MB [AWS-01]", (name) => {
  expect(bundles.get(name)?.bytes).toBeGreaterThan(1_000);
  expect(bundles.get(name)?.bytes).toBeLessThan(MOST_BYTES);
});

it("no bundle carries AWS's clients, which the runtime has", () => {
  for (const { name, inputs } of bundles.values()) {
    const carried = inputs.filter((input) => /node_modules\/@(aws-sdk|smithy)\//.test(input));
    expect([name, carried]).toEqual([name, []]);
    expect(inputs).toContain(`functions/${name}/lambda.ts`);
  }
});
