import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../../apps/local/services/ports.ts";
import { type FaultSignal, launch, type ServiceProcess } from "../../apps/local/services/process.ts";
import { giveToUnprivileged, unprivileged } from "../../apps/local/services/unprivileged.ts";
import { temporaryHome } from "../temporary-home.ts";
import { installedOpenSearch } from "./installation.ts";
import { javaFor } from "./java.ts";

const READY_MS = 120_000;

export interface OpenSearchNode {
  /** `http://127.0.0.1:23456`, which asks nobody who he is. */
  readonly url: string;
  /** For fault tests. */
  kill(signal: FaultSignal): Promise<void>;
  /** After it was killed: with what it holds, at the same address. */
  restart(): Promise<void>;
  /** Ends it, and discards what it holds. */
  stop(): Promise<void>;
}

const logging = `
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
`;

const configuration = (home: string, http: number, transport: number) => `
cluster.name: telemetry-bus
node.name: test
network.host: 127.0.0.1
http.port: ${http}
transport.port: ${transport}
discovery.type: single-node
path.data: ${home}/data
path.logs: ${home}/logs
cluster.routing.allocation.disk.threshold_enabled: false
`;

/** A single node of OpenSearch's own programs, on loopback, with half a gigabyte of heap. */
export async function startOpenSearch(progress: (line: string) => void): Promise<OpenSearchNode> {
  const programs = await installedOpenSearch(progress);
  const java = await javaFor(progress);
  const home = await temporaryHome();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await writeHome(home, port);
  const start = async () => {
    const node = await launchNode(java, programs, home);
    await node.ready(() => answers(url), READY_MS);
    return node;
  };
  let node = await start();
  return {
    url,
    kill: (signal) => node.kill(signal),
    async restart() {
      node = await start();
    },
    async stop() {
      await node.kill("SIGKILL"); // Nobody wants what it holds, and its orderly end takes long.
      await rm(home, { recursive: true, force: true });
    },
  };
}

function launchNode(java: string, programs: string, home: string): Promise<ServiceProcess> {
  return launch({
    name: "OpenSearch",
    command: java,
    args: argumentsOf(programs, home),
    as: unprivileged, // It refuses to run as root.
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, LANG: "C.UTF-8" },
    logFile: join(home, "opensearch.log"),
    orphanSignal: "SIGKILL",
  });
}

async function writeHome(home: string, http: number): Promise<void> {
  for (const folder of ["config", "data", "logs", "tmp"]) {
    await mkdir(join(home, folder));
    await giveToUnprivileged(join(home, folder));
  }
  const transport = await freePort([http]);
  await writeFile(join(home, "config/opensearch.yml"), configuration(home, http, transport));
  await writeFile(join(home, "config/log4j2.properties"), logging);
  await giveToUnprivileged(home);
}

const argumentsOf = (programs: string, home: string): string[] => [
  "-Xms512m",
  "-Xmx512m",
  "-XX:TieredStopAtLevel=1",
  "-Djava.security.manager=allow",
  `-Djava.io.tmpdir=${home}/tmp`,
  `-Dopensearch.path.home=${programs}`,
  `-Dopensearch.path.conf=${home}/config`,
  "-Dopensearch.distribution.type=tar",
  "-cp",
  `${programs}/lib/*`,
  "org.opensearch.bootstrap.OpenSearch",
];

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/_cluster/health?wait_for_status=yellow&timeout=1s`).then(
    ({ ok }) => ok,
    () => false,
  );
