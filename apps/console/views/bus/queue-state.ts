import type { Tone } from "../../components/badge.tsx";
import { number } from "../../format/numbers.ts";
import type { Queue } from "./layout.ts";

export interface QueueState {
  word: string;
  tone: Tone;
}

/** Below this a queue breathes; it does not grow. */
const NOTABLE_READY = 100;
const NOTABLE_PER_SECOND = 1;

/** What stands out about a queue. */
export function stateOf({
  kind,
  ready,
  consumers,
  max_length,
  growth_per_second: growth,
}: Queue): QueueState {
  if (max_length !== null && ready >= max_length) return { word: "full", tone: "bad" };
  if (kind === "rung")
    return ready > 0 ? { word: "waiting", tone: "warning" } : { word: "empty", tone: "good" };
  if (consumers === 0) return { word: "no consumer", tone: "bad" };
  if (ready >= NOTABLE_READY && (growth ?? 0) >= NOTABLE_PER_SECOND)
    return { word: "growing", tone: "warning" };
  if (ready >= NOTABLE_READY) return { word: "behind", tone: "info" };
  return { word: "keeping up", tone: "good" };
}

/** `+12.5/s` */
export const growthText = ({ growth_per_second: growth }: Queue): string =>
  growth === null ? "–" : `${growth > 0 ? "+" : growth < 0 ? "−" : ""}${number(Math.abs(growth))}/s`;
