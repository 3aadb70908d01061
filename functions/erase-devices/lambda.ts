import { base } from "../../layers/lambda/environment/base.ts";
import { measurements } from "../../layers/lambda/environment/measurements.ts";
import { registry } from "../../layers/lambda/environment/registry.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({
  ...base(),
  measurements: await measurements(),
  registry: await registry(),
});
