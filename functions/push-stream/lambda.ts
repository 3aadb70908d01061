import { base } from "../../layers/lambda/environment/base.ts";
import { bus as openBus } from "../../layers/lambda/environment/broker.ts";
import { counted } from "../../layers/lambda/environment/metrics.ts";
import { registry } from "../../layers/lambda/environment/registry.ts";
import { sockets } from "../../layers/lambda/environment/sockets.ts";
import { wakeByBus } from "../../layers/lambda/wake.ts";
import { createHandler } from "./handler.ts";

const bus = openBus();

export const handler = counted(
  createHandler({
    ...base(),
    bus,
    registry: await registry(),
    sockets: sockets(),
    wake: wakeByBus(bus),
  }),
);
