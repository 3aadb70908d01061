import { logs } from "../../layers/lambda/environment/logs.ts";
import { httpBase } from "../../layers/lambda/environment/registry.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({ ...(await httpBase()), logs: await logs() });
