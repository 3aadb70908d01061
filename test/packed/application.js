// An application that has telemetry-bus installed, as small as it can be: publishes, is measured, and is done.
import { createServer } from "node:http";
import { expressTelemetry, fastifyTelemetry } from "telemetry-bus/http";
import { createPublisher, RefusedError } from "telemetry-bus/publisher";

const publisher = createPublisher({ url: process.env.RABBITMQ_URL, source: "/packed" });
await publisher.publish("model.updated", { model_id: process.version }, { critical: true });

const telemetry = expressTelemetry(publisher);
const server = createServer((request, response) => {
  request.originalUrl = request.url;
  telemetry(request, response, () => response.end("hello"));
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
await (await fetch(`http://127.0.0.1:${server.address().port}/`)).text();
await new Promise((resolve) => server.close(resolve));

let refused = "";
try {
  publisher.publish("model.registered", {});
} catch (error) {
  refused = error instanceof RefusedError ? error.message : "another error";
}
await publisher.close();
const { confirmed } = publisher.stats();
console.log(JSON.stringify({ confirmed, refused, fastify: typeof fastifyTelemetry(publisher) }));
