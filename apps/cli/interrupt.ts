const INTERRUPTED = 130;

export interface Interrupt {
  readonly signal: AbortSignal;
  /** From here on Ctrl-C ends the process again as usual. */
  dispose(): void;
}

/** The first Ctrl-C asks the verb to finish, the second ends the process at once. */
export function onInterrupt(): Interrupt {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return {
    signal: controller.signal,
    dispose() {
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", interrupt);
    },
  };
}
