import { httpBase } from "../../layers/lambda/environment/registry.ts";
import { sockets } from "../../layers/lambda/environment/sockets.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({ ...(await httpBase()), sockets: sockets() });
