import { open, readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { makeEvent } from "../../../layers/broker/publisher/event.ts";
import type { Event } from "../../../layers/core/envelope.ts";
import { asError, TelemetryError } from "../../../layers/core/errors.ts";
import { publishedAnswer } from "../answers.ts";
import { type Api, createApi } from "../api.ts";
import { onInterrupt } from "../interrupt.ts";
import { startProgress } from "../progress.ts";
import { envelopeOf, type PublishArguments } from "../publish.ts";
import { tellPause, withRetries } from "../retry.ts";
import { findPlatform } from "../settings.ts";
import type { Terminal } from "../terminal.ts";
import { ReportedFailure } from "../verb.ts";
import { inBatches, type Line, readEvents } from "./lines.ts";

const SHOWN_FAULTS = 20;
const INTERRUPTED = 130;

export async function publishOne(type: string, options: PublishArguments, terminal: Terminal): Promise<void> {
  const event = makeEvent(options.source, type, await readData(options), envelopeOf(options));
  await post(createApi(findPlatform()), [event]);
  say(event, options, terminal);
}

export async function publishEach(
  type: string,
  options: PublishArguments,
  terminal: Terminal,
): Promise<void> {
  const { payloadFile = "-", source, idField, json } = options;
  const api = createApi(findPlatform());
  const input = payloadFile === "-" ? process.stdin : (await open(payloadFile)).createReadStream();
  const interrupt = onInterrupt();
  const { signal } = interrupt;
  const progress = startProgress(terminal);
  const counts = { published: 0, faulty: 0 };
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  try {
    const events = readEvents(lines, { source, type, idField, envelope: envelopeOf(options) });
    for await (const batch of inBatches(events)) {
      const good = batch.flatMap((line) => ("event" in line ? [line.event] : []));
      sayFaults(batch, counts, terminal);
      if (good.length > 0) await withRetries(() => post(api, good), { signal, onPause: tellPause(terminal) });
      counts.published += good.length;
      if (json) for (const event of good) say(event, options, terminal);
      progress.update(0, `${counts.published} published`);
      if (signal.aborted) break;
    }
  } finally {
    lines.close();
    input.destroy();
    progress.stop();
    interrupt.dispose();
    terminal.err(`${counts.published} published, ${counts.faulty} left out`);
  }
  if (signal.aborted) throw new ReportedFailure(INTERRUPTED);
  if (counts.faulty > 0) throw new ReportedFailure();
}

function sayFaults(batch: readonly Line[], counts: { faulty: number }, terminal: Terminal): void {
  for (const line of batch) {
    if ("event" in line) continue;
    if (++counts.faulty <= SHOWN_FAULTS) terminal.err(`line ${line.number}: ${line.fault}`);
  }
}

async function post(api: Api, events: readonly Event[]): Promise<void> {
  const [only] = events;
  const single = events.length === 1;
  await api.call({
    method: "POST",
    path: "/api/v1/events",
    body: single ? only : events,
    headers: { "content-type": `application/cloudevents${single ? "" : "-batch"}+json` },
    answer: publishedAnswer,
  });
}

async function readData({ payloadFile, data }: PublishArguments): Promise<unknown> {
  if (payloadFile === "-") return parse(await text(process.stdin), "standard input");
  if (payloadFile !== undefined) return parse(await readFile(payloadFile, "utf8"), payloadFile);
  return data === undefined ? undefined : parse(data, "--data");
}

function parse(json: string, where: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new TelemetryError(`${where}: expected JSON: ${asError(cause).message}`, { cause });
  }
}

function say({ source, id, correlation_id }: Event, { json }: PublishArguments, terminal: Terminal): void {
  if (json) terminal.out(JSON.stringify({ source, id, correlation_id }));
  else terminal.out(`${source}#${id}\ncorrelation id ${correlation_id}`);
}
