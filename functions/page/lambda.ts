import { base } from "../../layers/lambda/environment/base.ts";
import { poster, readPagingSecret } from "../../layers/lambda/environment/paging.ts";
import { createHandler } from "./handler.ts";
import { targetsIn } from "./targets.ts";

export const handler = createHandler({
  ...base(),
  send: poster(),
  targets: async () => targetsIn(await readPagingSecret()),
});
