import { measurements } from "../../layers/lambda/environment/measurements.ts";
import { httpBase } from "../../layers/lambda/environment/registry.ts";
import { streamed } from "../../layers/lambda/streamed.ts";
import { createHandler } from "./handler.ts";

export const handler = streamed(createHandler({ ...(await httpBase()), measurements: await measurements() }));
