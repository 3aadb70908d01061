import * as z from "zod";
import {
  type Operation,
  type Operations,
  type ResponseDescription,
  tags,
} from "../../layers/lambda/operation.ts";
import { problemSchema } from "../../layers/lambda/problem.ts";
import { MAX_BODY_BYTES } from "../../layers/lambda/request.ts";
import { type FunctionRow, type Route, routesOf } from "../manifest-row.ts";

type JsonObject = Record<string, unknown>;

export interface ApiInput {
  manifest: readonly FunctionRow[];
  operations: Operations;
  version: string;
}

/** The OpenAPI 3.1 document of all routes of the manifest. */
export function openApiDocument({ manifest, operations, version }: ApiInput): JsonObject {
  const routes = manifest.flatMap(routesOf);
  const paths: Record<string, JsonObject> = {};
  for (const route of routes) {
    const operation = operations[route.operation];
    if (!operation)
      throw new Error(`${route.method} ${route.path}: no operation "${route.operation}" in any schema.ts`);
    paths[route.path] = {
      ...paths[route.path],
      [route.method.toLowerCase()]: describeRoute(route, operation),
    };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "telemetry-bus",
      version,
      summary: "Measurements and events in, answers out",
      description:
        "What was acknowledged is never lost, and never counted twice. What travels on the bus behind it is in " +
        "[asyncapi.json](asyncapi.json).",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "This host" }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    security: [{ bearer: [] }, { apiKey: [] }],
    paths,
    components: {
      securitySchemes,
      schemas: { Problem: jsonSchema(problemSchema, "output") },
      responses: problems,
    },
  };
}

const securitySchemes = {
  bearer: {
    type: "http",
    scheme: "bearer",
    description: "An API key, or a JSON Web Token of the issuer that the environment names",
  },
  apiKey: { type: "apiKey", in: "header", name: "X-Api-Key" },
};

const problem = (description: string, headers?: JsonObject) => ({
  description,
  headers,
  content: { "application/json": { schema: { $ref: "#/components/schemas/Problem" } } },
});

const textHeader = (description: string) => ({ description, schema: { type: "string" } });

const problems = {
  Malformed: problem("Malformed: `errors` names each field"),
  Unauthorized: problem("No valid credential", { "WWW-Authenticate": textHeader("RFC 6750") }),
  Forbidden: problem("The credential lacks the scope, or is limited to other devices or types of events"),
  TooLarge: problem(`More than ${MAX_BODY_BYTES} bytes, compressed or not`),
  Unsupported: problem("A content type or coding that is not understood"),
  Failed: problem("A fault in the platform: its log has it under `request_id`"),
  Unavailable: problem("A part of the platform is away", { "Retry-After": textHeader("Seconds") }),
};

const ref = (name: keyof typeof problems) => ({ $ref: `#/components/responses/${name}` });

function describeRoute({ method, scope, operation: operationId }: Route, operation: Operation): JsonObject {
  const { summary, description, tag, responses } = operation;
  const hasBody = method === "POST" || method === "PUT";
  return withoutUndefined({
    operationId,
    summary,
    description:
      [description, scope === "open" ? undefined : `Scope: \`${scope}\`.`].filter(Boolean).join("\n\n") ||
      undefined,
    tags: [tag],
    security: scope === "open" ? [] : undefined,
    parameters: parametersOf(operation),
    requestBody: hasBody ? requestBodyOf(operation) : undefined,
    responses: {
      ...Object.fromEntries(
        Object.entries(responses).map(([status, response]) => [status, responseOf(Number(status), response)]),
      ),
      ...problemsOf(operation, scope === "open", hasBody),
    },
  });
}

function problemsOf({ params, query, responses }: Operation, open: boolean, hasBody: boolean): JsonObject {
  const refs: Record<string, ReturnType<typeof ref>> = { 500: ref("Failed") };
  if (params || query || hasBody) refs[400] = ref("Malformed");
  if (!open)
    Object.assign(refs, { 401: ref("Unauthorized"), 403: ref("Forbidden"), 503: ref("Unavailable") });
  if (hasBody) Object.assign(refs, { 413: ref("TooLarge"), 415: ref("Unsupported") });
  return Object.fromEntries(Object.entries(refs).filter(([status]) => !(status in responses)));
}

function responseOf(
  status: number,
  { description, schema, contentType = "application/json", texts = [], example }: ResponseDescription,
) {
  if (status >= 400 && !schema) return problem(description);
  const body = schema ? { schema: jsonSchema(schema, "output") } : { schema: { type: "string" } };
  const inText = texts.map((type) => [type, { schema: { type: "string" } }]);
  const content = { [contentType]: withoutUndefined({ ...body, example }), ...Object.fromEntries(inText) };
  return { description, content };
}

function requestBodyOf({ body, documentedBody, example, accepts = [] }: Operation): JsonObject | undefined {
  const schema = documentedBody ?? body;
  if (!schema) return undefined;
  const content = withoutUndefined({ schema: jsonSchema(schema, "input"), example });
  return {
    required: true,
    content: Object.fromEntries(["application/json", ...accepts].map((type) => [type, content])),
  };
}

function parametersOf({ params, query, headers = {} }: Operation): JsonObject[] | undefined {
  const parameters = [
    ...fieldsOf(params).map((field) => ({ ...field, in: "path", required: true })),
    ...fieldsOf(query).map((field) => ({ ...field, in: "query" })),
    ...Object.entries(headers).map(([name, description]) => ({
      name,
      in: "header",
      ...textHeader(description),
    })),
  ];
  return parameters.length > 0 ? parameters : undefined;
}

function fieldsOf(schema: z.ZodType | undefined): JsonObject[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, "input") as {
    properties?: Record<string, JsonObject>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...field }]) =>
    withoutUndefined({ name, description, required: required.includes(name), schema: field }),
  );
}

function jsonSchema(schema: z.ZodType, io: "input" | "output"): JsonObject {
  const { $schema: _, ...plain } = z.toJSONSchema(schema, {
    target: "draft-2020-12",
    io,
    unrepresentable: "any",
  });
  return plain;
}

function withoutUndefined(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
