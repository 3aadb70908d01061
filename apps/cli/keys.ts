import { type Scope, scopes } from "../../layers/storage/registry/port.ts";
import { anyAnswer, createdKeyAnswer, keysAnswer } from "./answers.ts";
import { createApi } from "./api.ts";
import { findPlatform } from "./settings.ts";
import type { Terminal } from "./terminal.ts";
import { collect, examples, UsageError, type Verb } from "./verb.ts";

export const keys: Verb = (program, terminal) => {
  const verb = program
    .command("keys")
    .description("Create, list and revoke API keys (needs the scope admin)");

  verb
    .command("create")
    .description("Create a key; it is shown this once")
    .requiredOption("--name <name>", "what or who will use it")
    .requiredOption("--scope <scope>", `${scopes.join(", ")}; may be given several times`, collect)
    .option(
      "--device <pattern>",
      "only for these devices, * for any text; may be given several times",
      collect,
    )
    .option("--type <pattern>", "only for events of these types; may be given several times", collect)
    .option("--json", "the answer as JSON")
    .addHelpText(
      "after",
      examples([
        ["telemetry keys create --name gateway-7 --scope ingest", "a key that may only send"],
        [
          "telemetry keys create --name plant1 --scope ingest --device 'plant1-*'",
          "for the devices of a plant",
        ],
        ["telemetry keys create --name ops --scope read --scope operate", "a key for people"],
      ]),
    )
    .action((options: CreateOptions) => create(options, terminal));

  verb
    .command("list")
    .description("List the keys, newest first, without their secrets")
    .option("--json", "the answer as JSON")
    .action((options: { json?: boolean }) => list(options, terminal));

  verb
    .command("revoke")
    .description("Revoke a key: it holds within 30 seconds, and for good")
    .argument("<id>", "key_…, as the list shows it")
    .action((id: string) => revoke(id, terminal));
};

interface CreateOptions {
  name: string;
  scope: string[];
  device?: string[];
  type?: string[];
  json?: boolean;
}

async function create(options: CreateOptions, terminal: Terminal): Promise<void> {
  const { name, scope, device: devices, type: types, json } = options;
  const unknown = scope.find((each) => !scopes.includes(each as Scope));
  if (unknown !== undefined) throw new UsageError(`--scope ${unknown}: expected one of ${scopes.join(", ")}`);
  const body = { name, scopes: [...new Set(scope)], devices, types };
  const { body: key } = await createApi(findPlatform()).call({
    method: "POST",
    path: "/api/v1/keys",
    body,
    answer: createdKeyAnswer,
  });
  if (json) return terminal.out(JSON.stringify(key));
  const rights = `${key.scopes.join(", ")}${limitsOf(key)}`;
  terminal.err(`${key.key_id} (${key.name}: ${rights}). This is the key; it is not shown again:`);
  terminal.out(key.api_key);
}

async function list({ json }: { json?: boolean }, terminal: Terminal): Promise<void> {
  const { body } = await createApi(findPlatform()).call({
    method: "GET",
    path: "/api/v1/keys",
    answer: keysAnswer,
  });
  if (json) return terminal.out(JSON.stringify(body.keys));
  for (const { key_id, scopes, created_at, revoked_at, ...key } of body.keys) {
    const name = `${key.name}${limitsOf(key)}`;
    const line = [key_id.padEnd(20), scopes.join(",").padEnd(14), created_at.slice(0, 10), name].join("  ");
    terminal.out(revoked_at ? terminal.style("dim", `${line}  (revoked ${revoked_at.slice(0, 10)})`) : line);
  }
}

/** `; devices plant1-*; types model.*`: nothing for a key without limits. */
function limitsOf({ devices, types }: { devices: string[] | null; types: string[] | null }): string {
  const limit = (what: string, patterns: readonly string[] | null) =>
    patterns ? `; ${what} ${patterns.join(", ") || "none"}` : "";
  return `${limit("devices", devices)}${limit("types", types)}`;
}

async function revoke(id: string, terminal: Terminal): Promise<void> {
  const path = `/api/v1/keys/${encodeURIComponent(id)}`;
  await createApi(findPlatform()).call({ method: "DELETE", path, answer: anyAnswer });
  terminal.out(`${id} is revoked; within 30 seconds nobody is let in with it`);
}
