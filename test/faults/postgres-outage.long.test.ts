import { it } from "vitest";
import { survivesPostgresOutage } from "./postgres-outage.ts";

// Longer than a handler's patience of 45 s, so that batches are given back; and longer than keys are fresh.
it(
  "goes on taking data while PostgreSQL is down for a minute, and stores each once afterwards [BUS-09]",
  {
    timeout: 300_000,
  },
  () => survivesPostgresOutage({ outageMs: 60_000, meanPauseMs: 60 }),
);
