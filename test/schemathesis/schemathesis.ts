import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { temporaryHome } from "../temporary-home.ts";
import { schemathesisEnvironment } from "./environment.ts";
import type { Ids } from "./residents.ts";

export interface Fuzzing {
  /** Of the OpenAPI document. */
  readonly document: string;
  readonly apiKey: string;
  /** What there is to be asked for. */
  readonly residents: Ids;
  /** What must stay as it is. */
  readonly spared: Ids;
  /** The same requests for the same seed, as far as the answers are the same. */
  readonly seed: number;
  /** Per operation. */
  readonly examples: number;
  /** For the whole run, after which it has failed. */
  readonly maxSeconds: number;
}

export interface FuzzingResult {
  /** Whether every answer was as the document says. */
  readonly passed: boolean;
  /** What schemathesis wrote: each failure with a curl command that shows it again. */
  readonly report: string;
  /** The operations of which no request was ever let in, as `GET /path`. */
  readonly neverAccepted: readonly string[];
}

const hooks = join(import.meta.dirname, "hooks.py");
const SUMMARY = "summary.json";

const checks = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_schema_conformance",
];

/**
 * Asks a running platform whatever its document allows, and some of what it does not.
 *
 * @throws with what schemathesis wrote, if it did not come to its end
 */
export async function fuzz(fuzzing: Fuzzing): Promise<FuzzingResult> {
  const environment = await schemathesisEnvironment((line) => console.log(line));
  const home = await temporaryHome();
  try {
    const { passed, report } = await run(join(environment, "bin/python"), fuzzing, home);
    const summary = await readFile(join(home, SUMMARY), "utf8").catch((cause) => {
      throw new Error(`schemathesis did not come to its end: ${report}`, { cause });
    });
    return { passed, report, neverAccepted: neverAccepted(summary) };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

const argumentsOf = ({ document, apiKey, seed, examples }: Fuzzing): string[] => [
  ...["-m", "schemathesis.cli", "run", document, "--no-color"],
  ...["--header", `X-Api-Key: ${apiKey}`],
  ...["--checks", checks.join(",")],
  ...["--phases", "examples,coverage,fuzzing"],
  ...["--max-examples", String(examples), "--seed", String(seed)],
  // One after the other, or a seed would mean nothing; and a slow machine is no fault of the API's.
  ...["--workers", "1", "--request-timeout", "30", "--suppress-health-check", "all"],
  ...["--no-shrink", "--generation-database", "none", "--warnings", "off"],
  // Credentials that it makes up would come before ours.
  ...["--generation-with-security-parameters", "false"],
  ...["--report", "json", "--report-json-path", SUMMARY],
];

const summarySchema = z.object({
  valid_rates: z.record(z.string(), z.record(z.string(), z.object({ accepted: z.int() }))),
});

function neverAccepted(summary: string): string[] {
  const { valid_rates } = summarySchema.parse(JSON.parse(summary));
  const isNever = (phases: Record<string, { accepted: number }>) =>
    Object.values(phases).every(({ accepted }) => accepted === 0);
  return Object.entries(valid_rates)
    .filter(([, phases]) => isNever(phases))
    .map(([operation]) => operation);
}

/** In a folder and an environment of its own: no settings, no proxy, and nothing left behind. */
function run(python: string, fuzzing: Fuzzing, home: string): Promise<{ passed: boolean; report: string }> {
  return new Promise((resolve, reject) => {
    const { residents, spared } = fuzzing;
    const known = { RESIDENTS: JSON.stringify(residents), SPARED: JSON.stringify(spared) };
    const own = { HOME: home, SCHEMATHESIS_HOOKS: hooks, PYTHONDONTWRITEBYTECODE: "1" };
    const env = { PATH: process.env.PATH, ...known, ...own };
    // SIGINT lets it say what it found until then.
    const child = spawn(python, argumentsOf(fuzzing), {
      ...{ cwd: home, env, stdio: ["ignore", "pipe", "pipe"] },
      ...{ timeout: fuzzing.maxSeconds * 1_000, killSignal: "SIGINT" },
    });
    const said: Buffer[] = [];
    child.stdout.on("data", (piece: Buffer) => said.push(piece));
    child.stderr.on("data", (piece: Buffer) => said.push(piece));
    child.once("error", reject);
    child.once("close", (code) => resolve({ passed: code === 0, report: Buffer.concat(said).toString() }));
  });
}
