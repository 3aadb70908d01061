import type { Command } from "commander";
import type { ImportRun } from "./import/run.ts";
import { collect, examples, ReportedFailure, UsageError, type Verb, wholeNumber } from "./verb.ts";

export const importCsv: Verb = (program, terminal) => {
  const verb = program
    .command("import")
    .description("Send the measurements of CSV files")
    .argument("<file...>", "CSV files with a header row; comma, semicolon, tab or | between the columns");
  addOptions(verb)
    .addHelpText("after", notes)
    .action(async (files: string[], { tag, ...options }) => {
      const { runImport } = await import("./import/run.ts");
      const run: ImportRun = { files, ...options, tags: tag && tagsOf(tag) };
      const exitCode = await runImport(run, terminal);
      if (exitCode !== 0) throw new ReportedFailure(exitCode);
    });
};

function addOptions(verb: Command): Command {
  return verb
    .option("--device <id>", "the device; else by the file's name (see below)")
    .option("--metric <name>", "the metric; else by the column's or the file's name (see below)")
    .option("--timestamp-column <name>", "case does not matter", "timestamp")
    .option("--value-column <name>", "case does not matter", "value")
    .option("--zone <zone>", "of times that name none: UTC, +02:00, Europe/Berlin", "UTC")
    .option("--end-now", "move each file's times by whole seconds so that it ends now")
    .option("--unit <unit>", "unit of every value")
    .option("--tag <key=value>", "tag of every point; may be given several times", collect)
    .option("--batch <points>", "points per request", wholeNumber(1, 1_000), 1_000)
    .option("--concurrency <requests>", "requests under way at the same time", wholeNumber(1, 64), 4)
    .option("--dry-run", "read and check everything, send nothing")
    .option("--json", "report as JSON");
}

function tagsOf(tags: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    tags.map((tag) => {
      const at = tag.indexOf("=");
      if (at < 1) throw new UsageError(`--tag ${tag}: expected key=value`);
      return [tag.slice(0, at), tag.slice(at + 1)];
    }),
  );
}

const notes = `
Times may be ISO 8601 with or without a zone, YYYY-MM-DD HH:MM[:SS[.fff]], or Unix time in seconds,
milliseconds, microseconds or nanoseconds. Where the clocks were put back, the hour that is there twice
is told apart by the order of the rows.

Values that are numbers stay numbers, true and false become booleans, anything else is text. Rows
without a value are skipped. Of two rows with the same time the one accepted later stays.

The metric is the value column's name, or the file's name where the column is just called "value"; the
device is the file's name, or its folder's where the metric has taken the file's.

What fails in passing is repeated, for up to five minutes, without anything counting twice. Ctrl-C
finishes what is under way. Exit code: 0 if every row with a value was accepted, 1 if any was refused
or not sent, 130 after Ctrl-C.
${examples([
  ["telemetry import boiler-7.csv --value-column temperature", "device boiler-7, metric temperature"],
  ["telemetry import office/humidity.csv", "device office, metric humidity"],
  ["telemetry import nab/*/*.csv --end-now", "old recordings, as if they had just ended"],
  ["telemetry import a.csv --zone Europe/Berlin --dry-run", "see what would be sent and refused"],
])}`;
