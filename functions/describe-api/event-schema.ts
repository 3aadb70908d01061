import * as z from "zod";
import { eventSchema } from "../../layers/core/envelope.ts";
import { dataSchema as measurementSchema } from "../../layers/core/measurement-event.ts";
import type { Field, PayloadRow } from "../../layers/core/payloads.ts";

// Events as JSON Schema (draft 7, AsyncAPI's own), made of the schemas and the table that the bus checks them by.

export type JsonSchema = { [keyword: string]: unknown };

export const ENVELOPE = "Envelope";

/** CloudEvents with `correlation_id`, whatever the type. */
export const envelopeSchema = (): JsonSchema => jsonSchema(eventSchema);

/** What an event of a type of the table must be, beside an envelope. */
export function eventSchemaOf({ type, fields }: PayloadRow): JsonSchema {
  const entries = Object.entries(fields);
  const required = entries
    .filter(([, field]) => field.required)
    .map(([name, field]) => requiredIn(name, field));
  return {
    allOf: [
      { $ref: `#/components/schemas/${ENVELOPE}` },
      ofType(type, required.length > 0 ? { type: "object" } : {}),
      ...entries.flatMap(([name, field]) => placesOf(name, field).map((path) => typedAt(path, name, field))),
      ...required,
    ],
  };
}

/** What an event of measurements must be, beside an envelope. */
export const measurementEventSchema = (type: string): JsonSchema => ({
  allOf: [{ $ref: `#/components/schemas/${ENVELOPE}` }, ofType(type, jsonSchema(measurementSchema))],
});

const ofType = (type: string, data: JsonSchema): JsonSchema => ({
  type: "object",
  required: ["type"],
  properties: { type: { const: type }, data },
});

/** Every place where senders write a field, as a path from the event's root; the canonical one first. */
const placesOf = (name: string, { also = [] }: Field): string[][] =>
  [name, ...also].map((place) => (place.startsWith("@") ? [place.slice(1)] : ["data", ...place.split(".")]));

/** Null means absent. */
function typedAt(path: readonly string[], name: string, { schema }: Field): JsonSchema {
  const canonical = path.join(".") === `data.${name}`;
  const described = canonical ? {} : { description: `Means data.${name}` };
  return nested(path, { ...described, anyOf: [jsonSchema(schema), { type: "null" }] });
}

const requiredIn = (name: string, field: Field): JsonSchema => ({
  anyOf: placesOf(name, field).map((path) => nested(path, jsonSchema(field.schema), true)),
});

function nested(path: readonly string[], schema: JsonSchema, required = false): JsonSchema {
  return path.reduceRight<JsonSchema>(
    (inner, name) => ({
      ...(required && { type: "object", required: [name] }),
      properties: { [name]: inner },
    }),
    schema,
  );
}

function jsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...plain } = z.toJSONSchema(schema, {
    target: "draft-7",
    io: "input",
    unrepresentable: "any",
  });
  return plain;
}
