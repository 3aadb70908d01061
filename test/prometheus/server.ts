import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../apps/local/services/ports.ts";

export interface PrometheusServer {
  /** What an expression is worth now, by Prometheus' HTTP API; empty while it does not answer. */
  query(expression: string): Promise<PromSample[]>;
  /** The rules that it has loaded, by name. */
  rules(): Promise<string[]>;
  stop(): Promise<void>;
}

export interface PromSample {
  metric: Record<string, string>;
  /** The time in seconds, and the value. */
  value: [number, string];
}

interface Answer {
  data: { result?: PromSample[]; groups?: { rules: { name: string }[] }[] };
}

/** Starts a Prometheus of its own, with these files beside each other; the configuration is `prometheus.yml`. */
export async function startPrometheus(
  program: string,
  files: Readonly<Record<string, string>>,
): Promise<PrometheusServer> {
  const folder = await mkdtemp(join(tmpdir(), "prometheus-"));
  for (const [name, text] of Object.entries(files))
    await writeFile(join(folder, name), text, { mode: 0o600 });
  const address = `127.0.0.1:${await freePort()}`;
  const server = spawn(
    program,
    [
      "--config.file=prometheus.yml",
      "--storage.tsdb.path=data",
      `--web.listen-address=${address}`,
      "--log.level=error",
    ],
    { cwd: folder, stdio: ["ignore", "inherit", "inherit"] },
  );
  await once(server, "spawn");

  async function ask(path: string): Promise<Answer["data"]> {
    const answer = await fetch(`http://${address}/api/v1/${path}`).catch(() => undefined);
    return answer?.ok ? ((await answer.json()) as Answer).data : {};
  }

  return {
    query: async (expression) =>
      (await ask(`query?${new URLSearchParams({ query: expression })}`)).result ?? [],
    rules: async () =>
      ((await ask("rules")).groups ?? []).flatMap(({ rules }) => rules.map(({ name }) => name)),
    async stop() {
      await ended(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = once(server, "exit");
  server.kill("SIGKILL");
  await exit;
}
