import { spawn } from "node:child_process";
import { join } from "node:path";
import { json, text } from "node:stream/consumers";
import { inject } from "vitest";

export interface SentRequest {
  /** As botocore calls it: `timestream-write`. */
  service: string;
  operation: string;
  input: object;
}

/** What AWS's own service models have against the requests: nothing, if they are sound. */
export async function complaintsAbout(requests: readonly SentRequest[]): Promise<string[]> {
  const script = join(import.meta.dirname, "validate_requests.py");
  const python = spawn(inject("awsPython"), [script], { stdio: "pipe" });
  python.stdin.end(JSON.stringify(requests));
  const [complaints, errors] = await Promise.all([
    json(python.stdout).catch(() => undefined),
    text(python.stderr),
  ]);
  if (!Array.isArray(complaints)) throw new Error(`expected a list of complaints, got ${errors}`);
  return complaints;
}

interface Recorded {
  middlewareStack: {
    add(middleware: (next: never, context: { commandName?: string }) => unknown, options: object): void;
  };
}

/** Every request that the client makes from now on, as it was given to the client. */
export function recordRequests(client: object, service: string): SentRequest[] {
  const sent: SentRequest[] = [];
  const record =
    (next: (args: { input: object }) => unknown, context: { commandName?: string }) =>
    (args: { input: object }) => {
      const operation = (context.commandName ?? "").replace(/Command$/, "");
      sent.push({ service, operation, input: args.input });
      return next(args);
    };
  (client as Recorded).middlewareStack.add(record as never, { step: "initialize", name: "recordRequests" });
  return sent;
}
