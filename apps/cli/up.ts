import { examples, type Verb } from "./verb.ts";

export const up: Verb = (program) => {
  program
    .command("up")
    .description("Bring up the whole platform on this machine, until Ctrl-C")
    .addHelpText(
      "after",
      examples([
        ["telemetry up", "broker, database, API and consumers, on http://127.0.0.1:8218"],
        ["PORT=9000 TELEMETRY_HOME=~/telemetry telemetry up", "another port, another place for its state"],
        ["RABBITMQ_URL=amqp://… DATABASE_URL=postgres://… telemetry up", "on services that run already"],
      ]),
    )
    .action(async () => {
      // The other verbs start without loading the platform.
      const { up } = await import("../local/up.ts");
      await up();
    });
};
