import { bus } from "../../layers/lambda/environment/broker.ts";
import { httpBase } from "../../layers/lambda/environment/registry.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({ ...(await httpBase()), bus: bus() });
