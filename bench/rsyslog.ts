import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { unpackDebianPackages } from "../apps/local/services/debian-packages.ts";
import { madeOnce } from "../apps/local/services/made-once.ts";
import { launch } from "../apps/local/services/process.ts";
import { defaultCacheDir } from "../apps/local/services/rabbitmq-installation.ts";

/** An rsyslog that takes lines over TCP into a queue on disk and can hand none of them on. */
export interface Rsyslog {
  readonly port: number;
  /** Stops it, which writes down what is left. @returns how many lines are in its queue on disk */
  stop(): Promise<number>;
}

const QUEUE = "lines";
/** As most set it who want to keep what they have: its own default writes the queue's ends down at shutdown only. */
const CHECKPOINT_EVERY = 1_000;

/** @param folder an empty one of its own */
export async function startRsyslog(folder: string, progress: (line: string) => void): Promise<Rsyslog> {
  const root = await unpacked(progress);
  const libraries = await librariesIn(root);
  const configuration = join(folder, "rsyslog.conf");
  const portFile = join(folder, "port");
  await writeFile(configuration, configurationFor(folder, portFile));
  const server = await launch({
    name: "rsyslog",
    command: join(root, "usr/sbin/rsyslogd"),
    args: ["-n", "-f", configuration, "-i", join(folder, "pid"), "-M", join(libraries, "rsyslog")],
    env: { ...process.env, LD_LIBRARY_PATH: libraries },
    logFile: join(folder, "rsyslog.log"),
  });
  const portSaid = async () => Number(await readFile(portFile, "utf8").catch(() => "0"));
  await server.ready(async () => (await portSaid()) > 0, 20_000);
  return {
    port: await portSaid(),
    async stop() {
      await server.stop({ signal: "SIGTERM", deadlineMs: 30_000 });
      return countQueued(folder);
    },
  };
}

/** The queue that everything comes into first is the one on disk. A target that refuses connections keeps all in it. */
const configurationFor = (folder: string, portFile: string): string => `
global(workDirectory="${folder}")
main_queue(queue.type="Disk" queue.filename="${QUEUE}" queue.size="100000000" queue.maxDiskSpace="8g"
  queue.checkpointInterval="${CHECKPOINT_EVERY}")
module(load="imtcp")
input(type="imtcp" address="127.0.0.1" port="0" listenPortFileName="${portFile}")
action(type="omfwd" target="127.0.0.1" port="9" protocol="tcp"
  action.resumeRetryCount="-1" action.resumeInterval="3600")
`;

async function countQueued(folder: string): Promise<number> {
  const files = (await readdir(folder)).filter((name) => /^lines\.\d+$/.test(name));
  let count = 0;
  for (const file of files) {
    const text = await readFile(join(folder, file), "latin1");
    count += text.match(/^<Obj:1:msg:/gm)?.length ?? 0;
  }
  return count;
}

async function librariesIn(root: string): Promise<string> {
  const [triplet = ""] = (await readdir(join(root, "usr/lib"))).filter((name) => name.includes("-linux-"));
  return join(root, "usr/lib", triplet);
}

/** Debian's package, in the cache folder from the first call on. */
const unpacked = (progress: (line: string) => void): Promise<string> =>
  madeOnce(join(defaultCacheDir(), `rsyslog-${process.arch}`), (folder) => {
    const always = /^(rsyslog|libestr0|libfastjson4|liblognorm5)$/;
    return unpackDebianPackages({ name: "rsyslog", always, folder, progress });
  });
