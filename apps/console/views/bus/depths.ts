import { withHistory } from "../../state/history.ts";
import type { Queue } from "./layout.ts";

export type Depths = readonly (number | null)[];

/** Of each queue, its depth at the last answers that any view had. */
export const depthsOf = (
  queues: readonly Pick<Queue, "name" | "ready">[],
  answeredAt: number | undefined,
): ReadonlyMap<string, Depths> =>
  new Map(queues.map(({ name, ready }) => [name, withHistory(`queue ${name}`, ready, answeredAt)]));
