import type { DiskBuffer } from "../../layers/buffer/buffer.ts";
import { systemClock } from "../../layers/core/clock.ts";
import { asError, UnavailableError } from "../../layers/core/errors.ts";
import { isObject } from "../../layers/core/log-fields.ts";
import manifest from "../../package.json" with { type: "json" };
import { type EdgeConfig, isLoopback } from "./config.ts";
import { type Answer, openSender, type Sender } from "./forward/sender.ts";
import { lanes } from "./lanes.ts";
import { readConfig } from "./settings.ts";
import { Store } from "./store.ts";

export interface Finding {
  check: string;
  state: "works" | "failed" | "skipped";
  detail: string;
  todo?: string;
}

/** Looks at everything that an agent with this configuration needs. Sends nothing that is kept. */
export async function* checkAgent(path: string): AsyncGenerator<Finding> {
  const config = await readConfig(path);
  yield configuration(config, path);
  yield await attempted("buffer", () => bufferFinding(config));
  yield* await platformFindings(config);
}

function configuration({ listen, listen_key, sources }: EdgeConfig, path: string): Finding {
  const names = Object.entries(sources).flatMap(([name, settings]) => (settings === undefined ? [] : [name]));
  const detail = `${path}; listens on ${listen.host}:${listen.port}; sources: ${names.join(", ") || "none but HTTP"}`;
  const isOpen = !isLoopback(listen.host) && listen_key === undefined;
  const todo = isOpen ? { todo: "whoever reaches this address can send: set listen_key" } : {};
  return { check: "configuration", state: "works", detail, ...todo };
}

async function bufferFinding({ buffer }: EdgeConfig): Promise<Finding> {
  const check = "buffer";
  const { dir: directory, max_size: maxBytes, max_age: maxAge } = buffer;
  const store = await Store.open({ directory, maxBytes, maxAge, clock: systemClock }).catch(
    (error: unknown) => {
      if (error instanceof UnavailableError && error.code === "locked") return error;
      throw error;
    },
  );
  if (!(store instanceof Store)) {
    return {
      check,
      state: "skipped",
      detail: `${store.message}: a running agent answers for it by GET /healthcheck`,
    };
  }
  try {
    await store.check();
    const read = await Promise.all(Object.values(store.buffers).map(readThrough));
    const waiting = read.reduce((sum, { records }) => sum + records, 0);
    const damaged = read.reduce((sum, each) => sum + each.damaged, 0);
    const detail = `${buffer.dir} can be written; ${waiting} entries wait, each was read`;
    if (damaged === 0) return { check, state: "works", detail };
    const todo = "the disk has lost them: look into its health";
    return { check, state: "failed", detail: `${detail}; ${damaged} are damaged and lost`, todo };
  } finally {
    await store.close();
  }
}

const CHUNK = { records: 1_000, bytes: 4 * 1_024 * 1_024 };

async function readThrough(buffer: DiskBuffer): Promise<{ records: number; damaged: number }> {
  let records = 0;
  for (let read = await buffer.read(CHUNK); read.length > 0; read = await buffer.read(CHUNK)) {
    records += read.length;
  }
  return { records, damaged: buffer.stats.damaged.records };
}

async function platformFindings({ forward }: EdgeConfig): Promise<Finding[]> {
  const { url } = forward;
  let sender: Sender;
  let answer: Answer;
  try {
    sender = await openSender(forward, `telemetry-edge/${manifest.version}`);
    // An empty list is refused, but only to those whose key would let them send a full one.
    const { path, contentType } = lanes.logs;
    answer = await sender.send({ method: "POST", path, contentType, body: Buffer.from("[]") });
    sender.close();
  } catch (error) {
    const todo = "look at forward.url and forward.ca, the network and its proxies";
    return [{ check: "platform", state: "failed", detail: asError(error).message, todo }];
  }
  const isPlatform = isObject(answer.body) && typeof answer.body.request_id === "string";
  if (!isPlatform) {
    const detail = `${url} answered ${answer.status}, and not as the platform does`;
    return [{ check: "platform", state: "failed", detail, todo: "look at forward.url" }];
  }
  return [
    { check: "platform", state: "works", detail: `${url} answers` },
    keyFinding(answer),
    clockFinding(answer),
  ];
}

function keyFinding({ status, body }: Answer): Finding {
  const check = "key";
  if (status === 400) return { check, state: "works", detail: "may send" };
  const detail = `answered ${status}: ${isObject(body) ? body.detail : ""}`;
  const isRefused = status === 401 || status === 403;
  const todo = isRefused
    ? "make one: telemetry keys create --scope ingest"
    : "the platform is in trouble: telemetry doctor";
  return { check, state: "failed", detail, todo };
}

/** The platform refuses what is further ahead of its clock. */
const MAX_AHEAD_MS = 15 * 60_000;
const NOTABLE_MS = 30_000;

function clockFinding({ headers }: Answer): Finding {
  const check = "clock";
  const theirs = Date.parse(headers.date ?? "");
  if (Number.isNaN(theirs))
    return { check, state: "skipped", detail: "the platform does not say what time it is" };
  const ahead = Date.now() - theirs;
  const seconds = Math.round(Math.abs(ahead) / 1_000);
  const detail = `${seconds} s ${ahead > 0 ? "ahead of" : "behind"} the platform's`;
  const todo = { todo: "set the clock: entries more than 15 minutes ahead are refused" };
  if (ahead > MAX_AHEAD_MS) return { check, state: "failed", detail, ...todo };
  return { check, state: "works", detail, ...(Math.abs(ahead) > NOTABLE_MS ? todo : {}) };
}

async function attempted(check: string, find: () => Promise<Finding>): Promise<Finding> {
  try {
    return await find();
  } catch (error) {
    return { check, state: "failed", detail: asError(error).message };
  }
}
