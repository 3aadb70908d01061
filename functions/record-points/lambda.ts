import { base } from "../../layers/lambda/environment/base.ts";
import { bus } from "../../layers/lambda/environment/broker.ts";
import { measurements } from "../../layers/lambda/environment/measurements.ts";
import { counted } from "../../layers/lambda/environment/metrics.ts";
import { registry } from "../../layers/lambda/environment/registry.ts";
import { createHandler } from "./handler.ts";

export const handler = counted(
  createHandler({
    ...base(),
    bus: bus(),
    measurements: await measurements(),
    registry: await registry(),
  }),
);
