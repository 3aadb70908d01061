import { brokerView, httpBase, measurements, serviceInfo, topologyFromEnvironment } from "../environment.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({
  ...(await httpBase()),
  broker: brokerView(),
  measurements: await measurements(),
  topology: topologyFromEnvironment(),
  service: serviceInfo(),
});
