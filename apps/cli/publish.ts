import type { PublishOptions } from "../../layers/broker/publisher/event.ts";
import { collect, examples, UsageError, type Verb } from "./verb.ts";

export const publish: Verb = (program, terminal) => {
  program
    .command("publish")
    .description("Publish an event and wait until the broker has stored it")
    .argument("<type>", "<domain>.<entity>.<action>, such as model.registered")
    .option("--payload-file <file>", "the event's data, JSON; - reads standard input")
    .option("--data <json>", "the event's data, here on the command line")
    .option("--source <uri>", "the application that speaks", "/telemetry/cli")
    .option("--correlation-id <id>", "ties together what follows from one cause; else a new one")
    .option(
      "--parent <id>",
      "event it follows from, source#id or a bare id; may be given several times",
      collect,
    )
    .option("--subject <subject>", "what the event is about")
    .option("--id <id>", "else a random UUID")
    .option("--time <time>", "RFC 3339; else now")
    .option("--each", "the file holds one event's data per line (NDJSON)")
    .option("--id-field <name>", "with --each: the field of the data that is the event's id")
    .option("--json", "print the events' source, id and correlation id as JSON")
    .addHelpText("after", notes)
    .action(async (type: string, options: PublishArguments) => {
      check(options);
      const { publishOne, publishEach } = await import("./publish/run.ts");
      await (options.each ? publishEach : publishOne)(type, options, terminal);
    });
};

export interface PublishArguments {
  payloadFile?: string;
  data?: string;
  source: string;
  correlationId?: string;
  parent?: string[];
  subject?: string;
  id?: string;
  time?: string;
  each?: boolean;
  idField?: string;
  json?: boolean;
}

/** What the arguments say of the envelope. */
export const envelopeOf = ({
  correlationId,
  parent,
  subject,
  id,
  time,
}: PublishArguments): PublishOptions => ({
  correlationId,
  parents: parent,
  subject,
  id,
  time,
});

function check({ payloadFile, data, each, id, idField }: PublishArguments): void {
  if (payloadFile !== undefined && data !== undefined) {
    throw new UsageError("expected --payload-file or --data, not both");
  }
  if (each && payloadFile === undefined) throw new UsageError("--each needs --payload-file");
  if (each && id !== undefined) throw new UsageError("--each makes many events: use --id-field, not --id");
  if (!each && idField !== undefined) throw new UsageError("--id-field needs --each");
}

const notes = `
With --each, lines that are not valid events are named and left out; the others go out in batches of 500.
Publishing a file again under the same --source and --id-field changes nothing: an event is its source and id.
${examples([
  ["telemetry publish order.parcel.shipped --data '{\"parcel\": 7}'", "an event of your own"],
  ["telemetry publish model.registered --payload-file model.json --correlation-id req-1", "data from a file"],
  ["telemetry publish job.report.sent --parent /billing#42", "an event that follows from another"],
  ["jq -c '.[]' models.json | telemetry publish model.registered --each --payload-file -", "many"],
])}`;
