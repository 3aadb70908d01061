import { it } from "vitest";
import { drainsBacklog } from "./backlog.ts";

it(
  "takes no more memory for a backlog of 60 MB, and sends it as fast as a plain loop would [EDGE-11]",
  { timeout: 120_000 },
  () => drainsBacklog({ bytes: 60e6, mostGrowthBytes: 200e6 }),
);
