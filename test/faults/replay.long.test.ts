import { it } from "vitest";
import { survivesInterruptedReplay } from "./interrupted-replay.ts";

it(
  "counts each of 10,000 events once whose replay was cut off again and again [BUS-12]",
  {
    timeout: 600_000,
  },
  () =>
    survivesInterruptedReplay({
      letters: 10_000,
      interruptions: ["kill", "cut", "kill", "cut", "cut", "kill", "cut", "kill"],
    }),
);
