import { it } from "vitest";
import { survivesKills } from "./edge-killed.ts";

it("has every entry that the edge agent acknowledged in the platform, once, though it was killed 200 times [EDGE-03, EDGE-10]", () =>
  survivesKills(200));
