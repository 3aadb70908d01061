import { base } from "../../layers/lambda/environment/base.ts";
import { bus } from "../../layers/lambda/environment/broker.ts";
import { metrics } from "../../layers/lambda/environment/metrics.ts";
import { spool } from "../../layers/lambda/environment/spool.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler({ ...base(), bus: bus(), metrics: metrics(), spool: spool() });
