import { it } from "vitest";
import { drainsBacklog } from "./backlog.ts";

it(
  "takes no more memory for the 10 GB of a week without its platform, and sends them as fast as a plain loop would [EDGE-11]",
  { timeout: 3 * 60 * 60_000 },
  () => drainsBacklog({ bytes: 10e9, mostGrowthBytes: 300e6, leastOfFloor: 0.5 }),
);
