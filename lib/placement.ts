import { manifest } from "../functions/manifest.ts";
import type { FunctionRow, Trigger } from "../functions/manifest-row.ts";

/** The stack where a function lives follows from what triggers it. */
const homes = {
  route: "api",
  socket: "stream",
  queue: "processing",
  schedule: "processing",
  deploy: "provisioning",
  sns: "alarms",
} as const satisfies Record<Trigger["kind"], string>;

export type Home = (typeof homes)[Trigger["kind"]];

export const rowsIn = (home: Home): FunctionRow[] => manifest.filter((row) => homeOf(row) === home);

function homeOf({ name, triggers }: FunctionRow): Home {
  // What a deploy runs may run by the clock as well.
  const deployed = triggers.some(({ kind }) => kind === "deploy");
  const deciding = triggers.filter(({ kind }) => !(deployed && kind === "schedule"));
  const [home, ...others] = new Set(deciding.map(({ kind }) => homes[kind]));
  if (home && others.length === 0) return home;
  const kinds = triggers.map(({ kind }) => kind).join(", ") || "none";
  throw new Error(`function "${name}": expected triggers that belong in one stack, got ${kinds}`);
}
