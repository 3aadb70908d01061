import { brokerView, topologyFromEnvironment } from "../../layers/lambda/environment/broker.ts";
import { httpBase } from "../../layers/lambda/environment/registry.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({
  ...(await httpBase()),
  broker: brokerView(),
  topology: topologyFromEnvironment(),
});
