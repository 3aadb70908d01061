import type { Logger } from "../../../layers/core/logger.ts";

export interface Schedule {
  name: string;
  everySeconds: number;
  run: () => Promise<void>;
}

export interface ScheduleSource {
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

/** Runs each schedule at its interval, one run at a time, the first one interval after the start. */
export function startScheduleSource(schedules: readonly Schedule[], logger: Logger): ScheduleSource {
  const running = new Map<string, Promise<void>>();

  function tick({ name, run }: Schedule): void {
    if (running.has(name)) return;
    const done = run()
      .catch((error: unknown) => logger.warn("a scheduled run failed and will be repeated", { name, error }))
      .finally(() => running.delete(name));
    running.set(name, done);
  }

  const timers = schedules.map((schedule) =>
    setInterval(() => tick(schedule), schedule.everySeconds * 1_000),
  );
  return {
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(running.values());
    },
  };
}
