// Checked by the compiler where the package is installed: what a typed application says to it.
import fastify from "fastify";
import { expressTelemetry, fastifyTelemetry } from "telemetry-bus/http";
import { createPublisher } from "telemetry-bus/publisher";

/** @type {import("telemetry-bus/publisher").Publisher} */
const publisher = createPublisher({ url: "amqp://localhost", source: "/typed", whenFull: "reject" });
publisher.publish("model.updated", { model_id: "m" });
/** @type {Promise<void>} */
export const confirmed = publisher.publish("model.updated", { model_id: "m" }, { critical: true });
/** @type {import("telemetry-bus/publisher").PublisherStats} */
export const stats = publisher.stats();

const app = fastify();
app.register(fastifyTelemetry(publisher));
/** @type {import("telemetry-bus/http").HttpTelemetryOptions<import("fastify").FastifyRequest>} */
const options = { ignore: ({ url }) => url === "/health", attributes: ({ hostname }) => ({ hostname }) };
app.register(fastifyTelemetry(publisher, options));
expressTelemetry(publisher, { correlationHeader: "x-request-id" });
// @ts-expect-error: there is no such option
fastifyTelemetry(publisher, { ignroe: [] });
