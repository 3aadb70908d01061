import { base } from "../../layers/lambda/environment/base.ts";
import { topologyFromEnvironment } from "../../layers/lambda/environment/broker.ts";
import { administrator } from "../../layers/lambda/environment/broker-administrator.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({ ...base(), topology: topologyFromEnvironment(), administrator });
