import { print } from "./doctor.ts";
import { onInterrupt } from "./interrupt.ts";
import { examples, ReportedFailure, type Verb } from "./verb.ts";

const DEFAULT_CONFIG = "/etc/telemetry-edge/edge.yaml";

export const edge: Verb = (program, terminal) => {
  const agent = program
    .command("edge")
    .description("Run the agent that keeps logs and measurements on disk until the platform has them")
    .option("--config <file>", "its configuration", DEFAULT_CONFIG)
    .addHelpText(
      "after",
      examples([
        ["telemetry edge --config edge.yaml", "until Ctrl-C; its log goes to standard output"],
        ["telemetry edge check --config edge.yaml", "before it is started, or when nothing arrives"],
      ]),
    )
    .action(async ({ config }: { config: string }) => {
      const interrupt = onInterrupt();
      const { runAgent } = await import("../edge/run.ts");
      await runAgent(config, interrupt.signal, terminal.out).finally(interrupt.dispose);
    });
  agent
    .command("check")
    .description("Check the configuration, the buffer, and whether the platform takes what would be sent")
    .option("--config <file>", "its configuration", DEFAULT_CONFIG)
    .addHelpText("after", "\nExit code: 0 if everything works, 1 if anything does not.")
    .action(async (_own, command: { optsWithGlobals(): { config: string } }) => {
      const { checkAgent } = await import("../edge/check.ts");
      let failed = false;
      for await (const finding of checkAgent(command.optsWithGlobals().config)) {
        print(finding, terminal);
        failed ||= finding.state === "failed";
      }
      if (failed) throw new ReportedFailure();
    });
};
