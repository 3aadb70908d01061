import { statfs } from "node:fs/promises";
import { anyAnswer } from "../answers.ts";
import { type Api, ApiError } from "../api.ts";
import { Skipped, Trouble } from "./trouble.ts";

const NEEDED_NODE = 24;
const NEEDED_BYTES = 1024 ** 3;
/** Points may be fifteen minutes ahead, but what is shown as "now" would be wrong long before. */
const MAX_SKEW_MS = 30_000;

export async function checkNode(): Promise<string> {
  const { version, execPath } = process;
  if (Number.parseInt(version.slice(1), 10) >= NEEDED_NODE) return version;
  throw new Trouble(
    `expected ${NEEDED_NODE} or later, ${execPath} is ${version}`,
    "run npm ci with install scripts: it brings its own Node.js, which npm run telemetry uses",
  );
}

/** @param home of the local run; none where the platform is elsewhere */
export async function checkDisk(home: string | undefined): Promise<string> {
  if (home === undefined) throw new Skipped("not checked: there is no local run");
  const { bavail, bsize } = await statfs(home);
  const free = `${((bavail * bsize) / 1024 ** 3).toFixed(1)} GiB free for ${home}`;
  if (bavail * bsize >= NEEDED_BYTES) return free;
  throw new Trouble(free, "make room, or RabbitMQ will stop taking events: at least 1 GiB");
}

/** Against the server's Date, which counts whole seconds, at the middle of the call. */
export async function checkClock(api: Api): Promise<string> {
  const askedAt = Date.now();
  const date = await serverDate(api);
  if (Number.isNaN(date)) throw new Skipped("not checked: the server's answer has no Date");
  const skewMs = date + 500 - (askedAt + Date.now()) / 2;
  const detail = `${(Math.abs(skewMs) / 1_000).toFixed(1)} s from the server's`;
  if (Math.abs(skewMs) <= MAX_SKEW_MS) return detail;
  throw new Trouble(detail, `set this machine's clock (NTP): it is ${skewMs > 0 ? "behind" : "ahead"}`);
}

async function serverDate(api: Api): Promise<number> {
  try {
    const { headers } = await api.call({ method: "GET", path: "/openapi.json", answer: anyAnswer });
    return Date.parse(headers.get("date") ?? "");
  } catch (error) {
    if (error instanceof ApiError) throw new Skipped("not checked: no answer to read a Date from");
    throw error;
  }
}
