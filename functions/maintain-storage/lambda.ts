import { base, measurements, registry } from "../environment.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({
  ...base(),
  measurements: await measurements(),
  registry: await registry(),
});
