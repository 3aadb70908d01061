import { UnavailableError } from "../../../layers/core/errors.ts";

/** Writes a line and resolves once the system has taken it: a reader that is slow slows the subscription down. */
export function writeLine(stream: NodeJS.WritableStream, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(`${line}\n`, (cause) => {
      // The event is not at fault: it goes back to its queue, and the program ends.
      if (cause)
        reject(new UnavailableError(`cannot write: ${cause.message}`, { code: "not_written", cause }));
      else resolve();
    });
  });
}
