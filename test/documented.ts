import type { ValidateFunction } from "ajv/dist/2020.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { routeTable } from "../apps/local/gateway/routes.ts";
import { openApiDocument } from "../functions/describe-api/openapi.ts";
import { manifest } from "../functions/manifest.ts";
import { operations } from "../functions/operations.ts";

// Holds every answer that tests get against the OpenAPI document: what is answered is documented, and as it says.

interface Content {
  schema?: object;
}

interface Answered {
  method: string;
  /** With its query, as it was asked for. */
  path: string;
  status: number;
  contentType: string;
  /** Parsed, if it is JSON. */
  body: unknown;
}

const document = openApiDocument({ manifest, operations, version: "0.0.0" }) as {
  paths: Record<string, Record<string, { responses: Record<string, { $ref?: string; content?: object }> }>>;
  components: { responses: Record<string, { content: Record<string, Content> }> };
};

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: "api", ...document });

const find = routeTable(manifest);
const validators = new Map<string, ValidateFunction>();

/** What the gateway itself answers, whatever the route ("Gateway responses", API Gateway). */
const ofTheGateway = [404, 413, 502, 504];

/** @throws naming what the document does not say of the answer */
export function expectDocumented({ method, path, status, contentType, body }: Answered): void {
  const match = find(method, new URL(path, "http://localhost").pathname);
  if (!match) return;
  const { responses } = document.paths[match.resource]?.[method.toLowerCase()] ?? {};
  const what = `${method} ${match.resource} answered ${status}`;
  const documented = responses?.[status];
  if (!documented) {
    if (ofTheGateway.includes(status)) return;
    throw new Error(`${what}, of which the API's document says nothing: ${JSON.stringify(body)}`);
  }
  const { $ref } = documented;
  const pointer = $ref ?? `#/paths/${segment(match.resource)}/${method.toLowerCase()}/responses/${status}`;
  const content =
    ($ref ? document.components.responses[$ref.split("/").at(-1) ?? ""] : documented)?.content ?? {};
  const [type = ""] = contentType.split(";");
  if (!(type in content)) {
    throw new Error(`${what} in ${type || "no type"}: the API's document says ${Object.keys(content)}`);
  }
  if (type !== "application/json") return;
  const validate = validatorOf(`api${pointer}/content/${segment(type)}/schema`);
  if (validate(body)) return;
  throw new Error(`${what}, not as the API's document says: ${ajv.errorsText(validate.errors)}`);
}

function validatorOf(pointer: string): ValidateFunction {
  const known = validators.get(pointer);
  if (known) return known;
  const validate = ajv.compile({ $ref: pointer });
  validators.set(pointer, validate);
  return validate;
}

/** RFC 6901, within a URI. */
const segment = (key: string): string => encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"));
