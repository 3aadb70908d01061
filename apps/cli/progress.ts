import { SingleBar } from "cli-progress";
import type { Terminal } from "./terminal.ts";

export interface Progress {
  /** @param done of the total, in whatever it is counted */
  update(done: number, note: string): void;
  stop(): void;
}

const LINE_EVERY_MS = 5_000;

/**
 * A bar on a terminal, else a line every five seconds: both on stderr, so that results can be piped.
 *
 * @param total none where it is not known
 */
export function startProgress(terminal: Terminal, total?: number): Progress {
  return terminal.stderr.isTTY ? startBar(terminal.stderr, total) : startLines(terminal, total);
}

function startBar(stream: NodeJS.WriteStream, total?: number): Progress {
  const format = total === undefined ? "{note}" : "{bar} {percentage} %  {note}";
  const bar = new SingleBar({ stream, format, clearOnComplete: true });
  bar.start(total ?? 0, 0, { note: "" });
  return {
    update: (done, note) => bar.update(done, { note }),
    stop: () => bar.stop(),
  };
}

function startLines(terminal: Terminal, total?: number): Progress {
  let saidAt = Date.now();
  return {
    update(done, note) {
      if (Date.now() - saidAt < LINE_EVERY_MS) return;
      saidAt = Date.now();
      terminal.err(total ? `${Math.floor((100 * done) / total)} %  ${note}` : note);
    },
    stop: () => undefined,
  };
}
