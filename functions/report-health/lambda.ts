import { brokerView, topologyFromEnvironment } from "../../layers/lambda/environment/broker.ts";
import { measurements } from "../../layers/lambda/environment/measurements.ts";
import { httpBase } from "../../layers/lambda/environment/registry.ts";
import { spool } from "../../layers/lambda/environment/spool.ts";
import { serviceInfo } from "../service-info.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({
  ...(await httpBase()),
  broker: brokerView(),
  measurements: await measurements(),
  spool: spool(),
  topology: topologyFromEnvironment(),
  service: serviceInfo,
});
