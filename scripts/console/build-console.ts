import { readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";

const root = join(import.meta.dirname, "..", "..");
const source = join(root, "apps", "console");

export interface ConsoleBuild {
  folder: string;
  /** What a browser loads before anything is shown, relative to the folder. */
  firstLoad: readonly string[];
}

export const CONSOLE_FOLDER = join(root, "dist", "console");

/** Bundles the console: hashed names under `assets`, and the page that names them. */
export async function buildConsole(folder = CONSOLE_FOLDER): Promise<ConsoleBuild> {
  await rm(folder, { recursive: true, force: true });
  const { metafile } = await build(bundling(folder));
  const firstLoad = firstLoadOf(metafile).map((path) => path.slice(path.indexOf("assets/")));
  await writeFile(join(folder, "index.html"), await page(firstLoad));
  return { folder, firstLoad: ["index.html", ...firstLoad] };
}

const bundling = (folder: string) =>
  ({
    absWorkingDir: root,
    entryPoints: { main: join(source, "main.tsx"), style: join(source, "styles", "index.css") },
    outdir: join(folder, "assets"),
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    // Views are loaded when they are gone to.
    splitting: true,
    format: "esm",
    target: ["chrome120", "firefox121", "safari17"],
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    sourcemap: true,
    metafile: true,
    logLevel: "warning",
    define: { "process.env.NODE_ENV": '"production"' },
  }) satisfies BuildOptions;

/** The entries, and what they import at once, in the order in which the page should name them. */
function firstLoadOf({ outputs }: Metafile): string[] {
  const found = new Set<string>();
  const visit = (path: string) => {
    if (found.has(path)) return;
    found.add(path);
    for (const { path: imported, kind } of outputs[path]?.imports ?? [])
      if (kind === "import-statement") visit(imported);
  };
  for (const [path, { entryPoint }] of Object.entries(outputs))
    if (entryPoint && /\/(main|style)-[^/]+\.(js|css)$/.test(path)) visit(path);
  return [...found];
}

async function page(firstLoad: readonly string[]): Promise<string> {
  const template = await readFile(join(source, "index.html"), "utf8");
  const tags = firstLoad.map((path) => {
    if (path.endsWith(".css")) return `<link rel="stylesheet" href="/${path}">`;
    if (basename(path).startsWith("main-")) return `<script type="module" src="/${path}"></script>`;
    return `<link rel="modulepreload" href="/${path}">`;
  });
  return template.replace("<!-- assets -->", tags.join("\n"));
}

if (import.meta.main) await buildConsole(process.argv[2]);
