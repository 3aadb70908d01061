import type { Scope } from "../../../layers/storage/registry/port.ts";
import { anyAnswer } from "../answers.ts";
import { type Api, ApiError, type Call } from "../api.ts";
import { Trouble } from "./trouble.ts";

/** Calls that change nothing. The key is looked at before the body, so an empty one tells of the right to send. */
const probes: readonly { scope: Scope; call: Pick<Call<unknown>, "method" | "path" | "body"> }[] = [
  { scope: "ingest", call: { method: "POST", path: "/api/v1/events", body: [] } },
  { scope: "read", call: { method: "GET", path: "/api/v1/devices?limit=1" } },
  { scope: "admin", call: { method: "GET", path: "/api/v1/keys" } },
];

export async function checkKey(api: Api): Promise<string> {
  const may: Scope[] = [];
  for (const { scope, call } of probes) {
    const status = await statusOf(api, call);
    if (status === 401) {
      throw new Trouble(
        "the platform does not know this API key, or it was revoked",
        "set TELEMETRY_API_KEY to a key of this platform (telemetry keys create makes one)",
      );
    }
    if (status !== 403) may.push(scope);
  }
  if (may.length > 0) return `valid, with ${may.join(", ")}`;
  throw new Trouble("valid, but it may neither send nor read", "create a key with the scopes that you need");
}

/** @throws {ApiError} no answer, or one that says nothing about the key */
async function statusOf(api: Api, call: (typeof probes)[number]["call"]): Promise<number> {
  try {
    return (await api.call({ ...call, answer: anyAnswer })).status;
  } catch (error) {
    if (error instanceof ApiError && error.status !== undefined && error.status < 500) return error.status;
    throw error;
  }
}
