import { base } from "../../layers/lambda/environment/base.ts";
import { metrics } from "../../layers/lambda/environment/metrics.ts";
import { registry } from "../../layers/lambda/environment/registry.ts";
import { sealed } from "../../layers/lambda/environment/sealed.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({
  ...base(),
  metrics: metrics(),
  registry: await registry(),
  sealed: sealed(),
});
