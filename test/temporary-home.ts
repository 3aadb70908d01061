import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new folder for the state of what a test starts. Whoever made it deletes it. */
export function temporaryHome(): Promise<string> {
  return mkdtemp(join(tmpdir(), "telemetry-bus-"));
}
