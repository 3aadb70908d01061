import { httpBase } from "../../layers/lambda/environment/registry.ts";
import { sealed } from "../../layers/lambda/environment/sealed.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({ ...(await httpBase()), sealed: sealed() });
