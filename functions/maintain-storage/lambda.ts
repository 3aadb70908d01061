import { base } from "../../layers/lambda/environment/base.ts";
import { logs } from "../../layers/lambda/environment/logs.ts";
import { measurements } from "../../layers/lambda/environment/measurements.ts";
import { registry } from "../../layers/lambda/environment/registry.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({
  ...base(),
  logs: await logs(),
  measurements: await measurements(),
  registry: await registry(),
});
