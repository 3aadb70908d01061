import { base } from "../../layers/lambda/environment/base.ts";
import { sender } from "../../layers/lambda/environment/notify.ts";
import { registry } from "../../layers/lambda/environment/registry.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({ ...base(), registry: await registry(), send: sender() });
