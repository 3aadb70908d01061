import { base } from "../../layers/lambda/environment/base.ts";
import { brokerView, topologyFromEnvironment } from "../../layers/lambda/environment/broker.ts";
import { metrics } from "../../layers/lambda/environment/metrics.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({
  ...base(),
  broker: brokerView(),
  metrics: metrics(),
  topology: topologyFromEnvironment(),
});
