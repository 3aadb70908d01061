import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface Parent {
  readonly pid: number;
  /** The one line that the program says. */
  readonly said: Promise<string>;
  /** kill -9 */
  kill(): void;
}

/** Runs a TypeScript module in a Node process of its own, for tests in which the parent of a service dies. */
export async function startParent(program: string): Promise<Parent> {
  const whole = `const say = (line) => console.log(line); setInterval(() => {}, 60_000); ${program}`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", whole], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child, "spawn");
  const lines = createInterface({ input: child.stdout });
  const said = Promise.race([
    once(lines, "line").then(([line]) => String(line)),
    once(child, "exit").then(() => Promise.reject(new Error("the parent ended before it said anything"))),
  ]);
  return { pid: child.pid ?? 0, said, kill: () => child.kill("SIGKILL") };
}
