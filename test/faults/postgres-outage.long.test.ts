import { it } from "vitest";
import { survivesPostgresOutage } from "./postgres-outage.ts";

// A minute: longer than a handler's patience, so that batches fail, and longer than a key is trusted unasked.

it(
  "goes on taking data while PostgreSQL is down for a minute, and stores each once afterwards [BUS-09]",
  {
    timeout: 300_000,
  },
  () => survivesPostgresOutage({ postgres: "killed", outageMs: 60_000, meanPauseMs: 60 }),
);

it(
  "goes on taking data while PostgreSQL does not answer for a minute, and stores each once afterwards [BUS-09]",
  {
    timeout: 300_000,
  },
  () => survivesPostgresOutage({ postgres: "frozen", outageMs: 60_000, meanPauseMs: 60 }),
);
