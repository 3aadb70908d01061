import { base } from "../../layers/lambda/environment/base.ts";
import { brokerConnection, topologyFromEnvironment } from "../../layers/lambda/environment/broker.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({
  ...base(),
  topology: topologyFromEnvironment(),
  connection: brokerConnection(),
});
