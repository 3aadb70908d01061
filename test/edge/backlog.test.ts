import { it } from "vitest";
import { drainsBacklog } from "./backlog.ts";

it(
  "takes no more memory for a backlog of 60 MB, and sends all of it, each entry once [EDGE-11]",
  { timeout: 120_000 },
  () => drainsBacklog({ bytes: 60e6, mostGrowthBytes: 200e6 }),
);
