import * as z from "zod";
import { operation } from "../../layers/lambda/operation.ts";
import { scopes } from "../../layers/storage/registry/port.ts";

const tag = "Keys";
const scope = z.enum(scopes);

const MAX_PATTERNS = 100;

const devices = z
  .array(
    z.string().regex(/^[A-Za-z0-9._:@*-]{1,128}$/, "expected a device id, in which * stands for any text"),
  )
  .max(MAX_PATTERNS);
const types = z
  .array(z.string().regex(/^[\x21-\x7e]{1,256}$/, "expected an event type, in which * stands for any text"))
  .max(MAX_PATTERNS);

const key = z.object({
  key_id: z.string(),
  name: z.string(),
  scopes: z.array(scope),
  devices: z.array(z.string()).nullable().describe("Patterns of the devices it is for; null for all"),
  types: z.array(z.string()).nullable().describe("Patterns of the event types it may send; null for all"),
  created_at: z.string(),
  revoked_at: z.string().nullable(),
});

const exampleKey = {
  key_id: "key_4k7h2m9q3x5w8z1v",
  name: "gateway-7",
  scopes: ["ingest"],
  devices: ["plant1-*"],
  types: null,
  created_at: "2025-12-18T10:00:00Z",
  revoked_at: null,
};

export const operations = {
  createKey: operation({
    summary: "Create an API key",
    description: "The key itself is in this answer and never shown again.",
    tag,
    body: z.strictObject({
      name: z.string().min(1).max(128),
      scopes: z.array(scope).min(1).max(scopes.length),
      devices: devices
        .nullish()
        .describe(
          "Patterns such as `plant1-*`. Such a key sends and reads what is of these devices, no more",
        ),
      types: types.nullish().describe("Patterns such as `model.*`. Such a key sends events of these types"),
    }),
    example: { name: "gateway-7", scopes: ["ingest"], devices: ["plant1-*"] },
    responses: {
      201: {
        description: "The new key",
        schema: key.extend({ api_key: z.string() }),
        example: { ...exampleKey, api_key: "key_4k7h2m9q3x5w8z1v.Jx0…" },
      },
    },
  }),
  listKeys: operation({
    summary: "List API keys, newest first",
    tag,
    responses: {
      200: {
        description: "The keys, without their secrets",
        schema: z.object({ keys: z.array(key), count: z.int() }),
        example: { keys: [exampleKey], count: 1 },
      },
    },
  }),
  revokeKey: operation({
    summary: "Revoke an API key",
    description: "It holds within 30 seconds, and for good.",
    tag,
    params: z.strictObject({ key_id: z.string().min(1).max(128) }),
    responses: {
      200: {
        description: "Revoked",
        schema: z.object({ success: z.boolean(), key_id: z.string() }),
        example: { success: true, key_id: exampleKey.key_id },
      },
      404: { description: "No such key, or it was revoked before" },
    },
  }),
};
