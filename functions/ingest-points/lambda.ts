import { bus, httpBase } from "../environment.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({ ...(await httpBase()), bus: bus() });
