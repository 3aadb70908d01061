import { schemaType } from "./schema-type.ts";

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: unknown;
}

interface Content {
  content?: Record<string, { schema?: unknown }>;
}

interface Operation {
  operationId: string;
  summary: string;
  parameters?: Parameter[];
  requestBody?: Content;
  responses: Record<string, Content>;
}

export interface ApiDocument {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
}

/** The console's module of the API: each operation's types, and the method and path that it has at run time. */
export function apiModule({ paths, components }: ApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) => `export type ${name} = ${schemaType(schema)};`,
  );
  return [
    "// Written by `npm run console:types` from the API's document. Do not edit.",
    ...schemas,
    "/** What each operation takes and answers, by its id in the API's document. */",
    `export interface Operations {\n${operations.map(({ operation }) => operationType(operation)).join("\n")}\n}`,
    `export const routes = {\n${operations
      .map(({ path, method, operation }) => `${operation.operationId}: ${JSON.stringify([method, path])},`)
      .join("\n")}\n} as const satisfies Record<keyof Operations, readonly [method: string, path: string]>;`,
  ].join("\n\n");
}

function operationType({ operationId, summary, parameters = [], requestBody, responses }: Operation): string {
  const success = Object.keys(responses).find((status) => status.startsWith("2"));
  const of = (place: string) => parametersType(parameters.filter((each) => each.in === place));
  return `/** ${summary} */
${operationId}: {
params: ${of("path")};
query: ${of("query")};
body: ${contentType(requestBody)};
answer: ${contentType(success === undefined ? undefined : responses[success])};
};`;
}

function parametersType(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return "Record<never, never>";
  return schemaType({
    type: "object",
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
  });
}

function contentType(content: Content | undefined): string {
  const types = content?.content ?? {};
  const json = types["application/json"];
  if (json) return schemaType(json.schema);
  return Object.keys(types).length > 0 ? "string" : "undefined";
}
