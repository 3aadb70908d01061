import * as z from "zod";
import { operation } from "../../layers/lambda/operation.ts";
import { scopes } from "../../layers/storage/registry/port.ts";

const tag = "Keys";
const scope = z.enum(scopes);

const key = z.object({
  key_id: z.string(),
  name: z.string(),
  scopes: z.array(scope),
  created_at: z.string(),
  revoked_at: z.string().nullable(),
});

const exampleKey = {
  key_id: "key_4k7h2m9q3x5w8z1v",
  name: "gateway-7",
  scopes: ["ingest"],
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
    }),
    example: { name: "gateway-7", scopes: ["ingest"] },
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
