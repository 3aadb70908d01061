import { measurements } from "../../layers/lambda/environment/measurements.ts";
import { httpBase } from "../../layers/lambda/environment/registry.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({ ...(await httpBase()), measurements: await measurements() });
