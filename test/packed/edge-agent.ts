import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { temporaryHome } from "../temporary-home.ts";

/** What the command line is made of, and the agent's own: nothing that speaks to a broker, a database or AWS. */
const ENOUGH = ["commander", "cli-progress", "zod", "yaml"];

/** A folder with the installed package and those of its dependencies that the agent may load, and no others. */
export async function leanFolder(installed: string): Promise<string> {
  const folder = await temporaryHome();
  const copied = new Set<string>();
  const copy = async (name: string): Promise<void> => {
    if (copied.has(name)) return;
    copied.add(name);
    const from = join(installed, "node_modules", name);
    await mkdir(join(folder, "node_modules"), { recursive: true });
    await cp(from, join(folder, "node_modules", name), { recursive: true });
    if (name === "telemetry-bus") return;
    const { dependencies = {} } = JSON.parse(await readFile(join(from, "package.json"), "utf8"));
    for (const each of Object.keys(dependencies)) await copy(each);
  };
  for (const name of ["telemetry-bus", ...ENOUGH]) await copy(name);
  return folder;
}

/** Runs the agent from there, sends it an entry, and ends it. @returns what it answered, and its exit code */
export async function useAgent(node: string, folder: string, platform: { url: string; apiKey: string }) {
  const buffer = await temporaryHome();
  const config = join(buffer, "edge.yaml");
  await writeFile(
    config,
    `listen: 127.0.0.1:0
buffer: { dir: ${JSON.stringify(join(buffer, "buffer"))} }
forward: { url: "${platform.url}", api_key: \${KEY}, batch: { max_age: 50ms } }
`,
  );
  const program = join(folder, "node_modules/telemetry-bus/dist/bin/telemetry.js");
  const child = spawn(node, [program, "edge", "--config", config], {
    cwd: folder,
    env: { KEY: platform.apiKey },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  try {
    const [line] = await Promise.race([
      once(createInterface({ input: child.stdout }), "line"),
      ended.then(() => Promise.reject(new Error("the agent ended before it listened"))),
    ]);
    const { listens } = JSON.parse(line) as { listens: string };
    const { status } = await fetch(`${listens}/v1/logs`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ service: "packed", message: process.version, node }),
    });
    child.kill("SIGTERM");
    const [code] = await ended;
    return { status, code };
  } finally {
    child.kill("SIGKILL");
    await rm(buffer, { recursive: true, force: true });
  }
}
