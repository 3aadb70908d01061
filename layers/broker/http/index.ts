export { type ExpressRequestLike, type ExpressTelemetry, expressTelemetry } from "./express.ts";
export { type FastifyRequestLike, type FastifyTelemetry, fastifyTelemetry } from "./fastify.ts";
export type { HttpTelemetryOptions } from "./options.ts";
