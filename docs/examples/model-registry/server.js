// A registry of models that tells the bus what happens in it: every change, every look-up, every filter, and, by the
// hook for HTTP servers, how long each request took and what failed.

import fastify from "fastify";
import { fastifyTelemetry } from "telemetry-bus/http";
import { createPublisher } from "telemetry-bus/publisher";

const { RABBITMQ_URL = "amqp://localhost", PORT = "8300", CARDS_URL = "http://127.0.0.1:9" } = process.env;

const publisher = createPublisher({ url: RABBITMQ_URL, source: "/examples/model-registry" });
const app = fastify();

// Emits api.latency for every request, and api.error for those that fail.
app.register(fastifyTelemetry(publisher, { ignore: ["/health"] }));

/** Models by id: `{ model_id, vendor, tier, context_window, is_active }`. */
const models = new Map();
/** Results of filters by their text, forgotten at every change. */
const filtered = new Map();

const text = { type: "string", minLength: 1, maxLength: 200 };
const fields = { vendor: text, tier: text, context_window: { type: "integer", minimum: 1 } };
const body = (properties, required = []) => ({
  schema: { body: { type: "object", properties, required, additionalProperties: false } },
});

app.post("/models", body({ model_id: text, ...fields }, ["model_id", "vendor"]), async (request, reply) => {
  const model = { ...request.body, is_active: true };
  if (models.has(model.model_id)) throw refusal(409, `there is a model "${model.model_id}" already`);
  // With `critical` the promise is the broker's: who is answered 201 can count on the event.
  await publisher.publish("model.registered", model, { ...cause(request), critical: true });
  store(model);
  return reply.code(201).send(model);
});

app.patch("/models/:id", body(fields), async (request) => {
  const model = { ...find(request.params.id), ...request.body };
  await publisher.publish("model.updated", model, { ...cause(request), critical: true });
  store(model);
  return model;
});

app.delete("/models/:id", async (request) => {
  const model = { ...find(request.params.id), is_active: false };
  await publisher.publish("model.deactivated", model, { ...cause(request), critical: true });
  store(model);
  return model;
});

app.get("/models/:id", async (request) => {
  const startedAt = performance.now();
  const model = find(request.params.id);
  // Without `critical` the call returns at once, whether the broker is there or not.
  publisher.publish("model.queried", { ...about(model), ...measured(request, startedAt) }, cause(request));
  return model;
});

app.post("/filters", body({ vendor: text, tier: text }), async (request) => {
  const startedAt = performance.now();
  const wanted = Object.entries(request.body);
  const key = JSON.stringify(wanted.sort());
  const cache_hit = filtered.has(key);
  if (!cache_hit)
    filtered.set(
      key,
      [...models.values()].filter((model) => matches(model, wanted)),
    );
  const found = filtered.get(key);
  const data = { ...request.body, result_count: found.length, cache_hit, ...measured(request, startedAt) };
  publisher.publish("filter.executed", data, cause(request));
  return { count: found.length, models: found };
});

// The vendor's own word on a model. Whenever that server is away this fails, and the hook tells the bus.
app.get("/models/:id/card", async (request) => {
  const { vendor, model_id } = find(request.params.id);
  const answer = await fetch(`${CARDS_URL}/${encodeURIComponent(vendor)}/${encodeURIComponent(model_id)}`);
  if (!answer.ok) throw refusal(502, `the card server answered ${answer.status}`);
  return answer.json();
});

app.get("/health", async (_, reply) => {
  const { connected, buffered } = publisher.stats();
  return reply.code(connected ? 200 : 503).send({ connected, buffered });
});

function store(model) {
  models.set(model.model_id, model);
  filtered.clear();
}

function find(id) {
  const model = models.get(id);
  if (!model) throw refusal(404, `there is no model "${id}"`);
  return model;
}

const matches = (model, wanted) => model.is_active && wanted.every(([name, value]) => model[name] === value);

const refusal = (statusCode, message) => Object.assign(new Error(message), { statusCode });

/** The hook has seen to it that every request has this header: it ties together all that follows from the request. */
const cause = (request) => ({ correlationId: request.headers["x-correlation-id"] });

const about = ({ model_id, vendor, tier }) => ({ model_id, vendor, ...(tier && { tier }) });

const measured = (request, startedAt) => ({
  endpoint: request.routeOptions.url,
  duration_ms: performance.now() - startedAt,
});

console.log(`listening on ${await app.listen({ port: Number(PORT), host: "127.0.0.1" })}`);

// Requests under way are answered, then `close` waits until the broker has every event.
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    await app.close();
    await publisher.close();
  });
}
