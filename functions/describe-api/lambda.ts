import { base, serviceInfo } from "../environment.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({
  ...base(),
  service: serviceInfo(),
  docsScript: new URL("./rapidoc-min.js", import.meta.url),
});
