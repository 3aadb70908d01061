import { base } from "../../layers/lambda/environment/base.ts";
import { serviceInfo } from "../service-info.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({
  ...base(),
  service: serviceInfo,
  docsScript: new URL("./rapidoc-min.js", import.meta.url),
});
