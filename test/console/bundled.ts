import { join } from "node:path";
import { build } from "esbuild";

/** A module, for the page: what it exports stands there in a global of that name. @param path from here */
export async function bundled(path: string, globalName: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, path)],
    bundle: true,
    format: "iife",
    globalName,
    footer: { js: `globalThis.${globalName} = ${globalName};` },
    jsx: "automatic",
    jsxImportSource: "preact",
    define: { "process.env.NODE_ENV": '"production"' },
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}
