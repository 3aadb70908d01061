import { it } from "vitest";
import { survivesKills } from "./edge-killed.ts";

it(
  "has every entry that the edge agent acknowledged in the platform, once, though it was killed again and again [EDGE-03, EDGE-10]",
  { timeout: 240_000 },
  () => survivesKills(20),
);
