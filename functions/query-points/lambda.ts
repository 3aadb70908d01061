import { httpBase, measurements } from "../environment.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({ ...(await httpBase()), measurements: await measurements() });
