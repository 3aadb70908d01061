import { base, brokerConnection, topologyFromEnvironment } from "../environment.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({
  ...base(),
  topology: topologyFromEnvironment(),
  connection: brokerConnection(),
});
