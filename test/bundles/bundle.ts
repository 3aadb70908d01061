import { join } from "node:path";
import { build } from "esbuild";
import { bundlingOf } from "../../lib/bundling.ts";

const root = join(import.meta.dirname, "..", "..");

export interface Bundle {
  name: string;
  file: string;
  bytes: number;
  /** The files in it, from the repository's root. */
  inputs: string[];
}

export interface BundleOptions {
  /** Left out of the bundle beside what is left out anyway. @default nothing */
  external?: readonly string[];
}

/** Bundles functions with the options that a deploy does (lib/bundling.ts), each by itself, into a folder. */
export async function bundle(
  names: readonly string[],
  folder: string,
  { external = [] }: BundleOptions = {},
): Promise<Bundle[]> {
  const { mainFields, minify, keepNames, externalModules = [], banner = "" } = bundlingOf("");
  const { metafile } = await build({
    entryPoints: names.map((name) => ({ in: join(root, "functions", name, "lambda.ts"), out: name })),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    metafile: true,
    ...{ mainFields, minify, keepNames, external: [...externalModules, ...external] },
    banner: { js: banner },
    logLevel: "warning",
    absWorkingDir: root,
  });
  return names.map((name) => {
    const file = join(folder, `${name}.mjs`);
    const output = Object.entries(metafile.outputs).find(([path]) => join(root, path) === file)?.[1];
    if (!output) throw new Error(`esbuild made no ${file}`);
    return { name, file, bytes: output.bytes, inputs: Object.keys(output.inputs) };
  });
}
