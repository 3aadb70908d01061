import { type Api, createApi } from "../api.ts";
import { onInterrupt } from "../interrupt.ts";
import { startProgress } from "../progress.ts";
import { tellPause } from "../retry.ts";
import { findPlatform } from "../settings.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../verb.ts";
import type { Batch } from "./batch.ts";
import { batchesOf, type ImportOptions, openSource, type SourceFile, tryBatch } from "./files.ts";
import { createSender, type Sender } from "./sender.ts";
import { checkSeries } from "./series.ts";
import { printReport, type Report, Tally } from "./tally.ts";
import { zoneOf } from "./zone.ts";

export interface ImportRun extends ImportOptions {
  files: string[];
  concurrency: number;
  dryRun?: boolean;
  json?: boolean;
}

const INTERRUPTED = 130;

/** @returns the exit code */
export async function runImport(run: ImportRun, terminal: Terminal): Promise<number> {
  checkOptions(run);
  const api = run.dryRun ? undefined : createApi(findPlatform());
  const sources = await openAll(run, terminal);
  const interrupt = onInterrupt();
  const tally = new Tally();
  try {
    await sendAll(run, sources, { api, tally, terminal, signal: interrupt.signal });
  } finally {
    interrupt.dispose();
    print(run, sources, tally.report(), terminal);
  }
  const { refused, unsent } = tally.report();
  if (interrupt.signal.aborted) return INTERRUPTED;
  return refused + unsent > 0 ? 1 : 0;
}

async function openAll(run: ImportRun, terminal: Terminal): Promise<SourceFile[]> {
  const sources: SourceFile[] = [];
  const progress = startProgress(terminal);
  try {
    for (const file of run.files) {
      const onBytes = (bytes: number) => progress.update(0, `${file}: looking it over, ${mebibytes(bytes)}`);
      sources.push(await openSource(file, run, { now: Date.now(), onBytes }));
    }
  } finally {
    progress.stop();
  }
  return sources;
}

const mebibytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MiB`;

interface Means {
  /** None: a dry run. */
  api: Api | undefined;
  tally: Tally;
  terminal: Terminal;
  signal: AbortSignal;
}

async function sendAll(run: ImportRun, sources: readonly SourceFile[], means: Means): Promise<void> {
  const { tally, terminal, signal } = means;
  const total = sources.reduce((sum, { bytes }) => sum + bytes, 0);
  const progress = startProgress(terminal, total);
  const sender = senderOf(run, means);
  let before = 0;
  try {
    for (const source of sources) {
      const onBytes = (bytes: number) => progress.update(before + bytes, noteOf(source, tally));
      for await (const batch of batchesOf(source, { options: run, tally, signal, onBytes })) {
        await sender.send(batch);
      }
      before += source.bytes;
    }
    await sender.drain();
  } finally {
    await sender.drain().catch(() => undefined);
    progress.stop();
  }
}

function senderOf({ concurrency }: ImportRun, { api, tally, terminal, signal }: Means): Sender {
  if (!api) return dryRun(tally);
  return createSender({ api, concurrency, tally, signal, onPause: tellPause(terminal) });
}

const dryRun = (tally: Tally): Sender => ({
  send: async (batch: Batch) => tryBatch(batch, tally, Date.now()),
  drain: async () => undefined,
});

function noteOf({ file }: SourceFile, tally: Tally): string {
  const { accepted, refused, points_per_second } = tally.report();
  const note = `${file}: ${accepted} accepted, ${points_per_second}/s`;
  return refused > 0 ? `${note}, ${refused} refused` : note;
}

/** @throws {UsageError} before anything is read */
function checkOptions(run: ImportRun): void {
  checkSeries(run);
  try {
    zoneOf(run.zone);
  } catch (cause) {
    throw new UsageError(`--zone ${run.zone}: expected UTC, an offset such as +02:00, or Europe/Berlin`, {
      cause,
    });
  }
}

function print(run: ImportRun, sources: readonly SourceFile[], report: Report, terminal: Terminal): void {
  if (run.json) {
    const files = sources.map(({ file, series, shift }) => ({
      file,
      device_id: series.deviceId,
      metric_name: series.metricName,
      shifted_seconds: shift / 1e6,
    }));
    terminal.out(JSON.stringify({ files, dry_run: run.dryRun === true, ...report }));
    return;
  }
  for (const { file, series, shift } of sources) {
    const moved = shift === 0 ? "" : `, moved by ${(shift / 86_400e6).toFixed(1)} days`;
    terminal.out(`${file} → device ${series.deviceId}, metric ${series.metricName}${moved}`);
  }
  printReport(terminal, report, run.dryRun ? "would be sent" : "accepted");
}
