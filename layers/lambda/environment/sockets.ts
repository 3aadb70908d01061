import { ApiGatewayManagementApiClient } from "@aws-sdk/client-apigatewaymanagementapi";
import { createApiGatewaySockets } from "../api-gateway-sockets.ts";
import { environmentKeys as keys } from "../environment-keys.ts";
import type { Sockets } from "../sockets.ts";
import { base } from "./base.ts";
import { read } from "./read.ts";

/** One attempt each: what does not pass now is old by the next. */
export const sockets = (): Sockets =>
  createApiGatewaySockets({
    client: new ApiGatewayManagementApiClient({ endpoint: read(keys.socketsEndpoint), maxAttempts: 1 }),
    logger: base().logger,
  });
