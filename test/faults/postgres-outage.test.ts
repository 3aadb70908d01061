import { it } from "vitest";
import { survivesPostgresOutage } from "./postgres-outage.ts";

it(
  "goes on taking data while PostgreSQL is down for 8 s, and stores each once afterwards [BUS-09]",
  {
    timeout: 240_000,
  },
  () => survivesPostgresOutage({ postgres: "killed", outageMs: 8_000 }),
);
