import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

// A program of bench/workers in a process of its own, so that it shares no event loop with what is measured.
// Arguments and results travel by structured clone.

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a worker can be asked to do. */
export type Tasks = Readonly<Record<string, (argument: never) => unknown>>;

export interface Worker<T extends Tasks> {
  call<Name extends keyof T & string>(
    task: Name,
    ...argument: Parameters<T[Name]>
  ): Promise<Awaited<ReturnType<T[Name]>>>;
  /** Ends the process, in order. */
  stop(): Promise<void>;
}

interface Call {
  id: number;
  task: string;
  argument: unknown;
}

type Answer = { id: number; result: unknown } | { id: number; error: unknown };

const END_MS = 20_000;

/** @param program `http-load` for bench/workers/http-load.ts */
export async function startWorker<T extends Tasks>(
  program: string,
  execArgv: readonly string[] = [],
  env: Environment = process.env,
): Promise<Worker<T>> {
  const child = fork(fileURLToPath(new URL(`./workers/${program}.ts`, import.meta.url)), {
    serialization: "advanced",
    execArgv: [...execArgv],
    env,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const exited = once(child, "exit");
  let calls = 0;

  child.on("message", (answer: Answer) => {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("error" in answer) call?.reject(answer.error);
    else call?.resolve(answer.result);
  });
  child.on("exit", (code) => {
    for (const call of waiting.values()) call.reject(new Error(`the worker ${program} ended with ${code}`));
  });
  await once(child, "spawn");

  return {
    async call(task, argument?: unknown) {
      const id = calls++;
      const call = Promise.withResolvers<unknown>();
      child.send({ id, task, argument } satisfies Call);
      waiting.set(id, call);
      return (await call.promise) as never;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** In the worker: answers calls, and ends when whoever started it is gone. @param end before the process goes */
export function serve(tasks: Tasks, end: () => Promise<void> = async () => {}): void {
  process.on("message", async ({ id, task, argument }: Call) => {
    try {
      process.send?.({ id, result: await tasks[task]?.(argument as never) } satisfies Answer);
    } catch (error) {
      process.send?.({ id, error } satisfies Answer);
    }
  });
  process.on("disconnect", () => {
    // What it used may be gone as well, and then there is nothing to wait for.
    setTimeout(() => process.exit(1), END_MS).unref();
    void end().finally(() => process.exit());
  });
}
