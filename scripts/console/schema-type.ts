type Schema = Readonly<Record<string, unknown>>;

/** What a JSON Schema of the API's document says, as a TypeScript type. Bounds and formats have no type. */
export function schemaType(schema: unknown): string {
  if (!isSchema(schema)) return "unknown";
  if (typeof schema.$ref === "string") return schema.$ref.split("/").at(-1) ?? "unknown";
  if ("const" in schema) return JSON.stringify(schema.const);
  const { enum: values, anyOf, oneOf, allOf } = schema;
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(" | ");
  if (Array.isArray(anyOf)) return unionOf(anyOf);
  if (Array.isArray(oneOf)) return unionOf(oneOf);
  if (Array.isArray(allOf) && !schema.type) return allOf.map((each) => `(${schemaType(each)})`).join(" & ");
  if (Array.isArray(schema.type)) return unionOf(schema.type.map((type) => ({ ...schema, type })));
  return typeOf(schema);
}

function typeOf(schema: Schema): string {
  switch (schema.type) {
    case "string":
      return "string";
    case "number":
    case "integer":
      return "number";
    case "boolean":
    case "null":
      return schema.type;
    case "array":
      return `(${schemaType(schema.items)})[]`;
    case "object":
      return objectType(schema);
    default:
      return "unknown";
  }
}

function objectType({ properties, required = [], additionalProperties }: Schema): string {
  if (!isSchema(properties) || Object.keys(properties).length === 0) {
    return `Record<string, ${schemaType(additionalProperties)}>`;
  }
  const always = new Set(required as readonly string[]);
  const members = Object.entries(properties).map(([name, schema]) => {
    const { description } = isSchema(schema) ? schema : {};
    const comment = typeof description === "string" ? `/** ${description.replaceAll("*/", "* /")} */\n` : "";
    return `${comment}${JSON.stringify(name)}${always.has(name) ? "" : "?"}: ${schemaType(schema)};`;
  });
  return `{\n${members.join("\n")}\n}`;
}

const unionOf = (schemas: readonly unknown[]): string =>
  [...new Set(schemas.map((each) => schemaType(each)))].join(" | ");

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
