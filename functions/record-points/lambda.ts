import { base, bus, measurements, registry } from "../environment.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({
  ...base(),
  bus: bus(),
  measurements: await measurements(),
  registry: await registry(),
});
