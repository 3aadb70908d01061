import { base, bus, registry } from "../environment.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({ ...base(), bus: bus(), registry: await registry() });
