import { mostPointBytes } from "../../layers/lambda/environment/point-size.ts";
import { httpBase } from "../../layers/lambda/environment/registry.ts";
import { spoolingBus } from "../../layers/lambda/environment/spool.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({
  ...(await httpBase()),
  spoolingBus: spoolingBus(),
  mostPointBytes: mostPointBytes(),
});
