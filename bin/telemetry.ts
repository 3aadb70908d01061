#!/usr/bin/env node
import { main } from "../apps/cli/main.ts";
import { createTerminal } from "../apps/cli/terminal.ts";

// A reader that has seen enough (`telemetry tail | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 1);
});

process.exitCode = await main(process.argv, createTerminal(process.stdout, process.stderr));
