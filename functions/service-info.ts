import packageJson from "../package.json" with { type: "json" };
import type { ServiceInfo } from "./dependencies.ts";

/** On AWS; behind API Gateway the port is that of HTTPS. */
export const serviceInfo: ServiceInfo = { version: packageJson.version, port: 443 };
