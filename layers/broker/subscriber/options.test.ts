import { expect, it } from "vitest";
import { RefusedError } from "../../core/errors.ts";
import { topology } from "../../topology/topology.ts";
import { resolveOptions, type SubscriberOptions } from "./options.ts";
import { faultInQueueName } from "./queue-name.ts";

const least: SubscriberOptions = {
  url: "amqp://127.0.0.1",
  queue: "my-service",
  patterns: ["order.*"],
  handler: () => undefined,
};

const refusal = (options: object): string => {
  try {
    resolveOptions({ ...least, ...options });
    return "taken";
  } catch (error) {
    expect(error).toBeInstanceOf(RefusedError);
    return (error as Error).message;
  }
};

it("takes an address, a queue, patterns and a handler, and fills in the rest", () => {
  expect(resolveOptions(least)).toMatchObject({ name: "my-service", concurrency: 1, prefetch: 100 });
  expect(resolveOptions({ ...least, ordered: true })).toMatchObject({ prefetch: 1 });
  expect(resolveOptions({ ...least, concurrency: 500, prefetch: undefined })).toMatchObject({
    prefetch: 500,
  });
});

it.each([
  [{ queue: "metrics.updates" }, 'queue: "metrics.updates" is a queue of the platform\'s own'],
  [{ patterns: ["order.*", "a..b"] }, 'patterns[1]: "a..b": word 2 is empty'],
  [{ patterns: [] }, "patterns: expected at least one pattern"],
  [{ unbind: ["x*"] }, "unbind[0]: "],
  [{ url: "http://127.0.0.1" }, "url: expected an amqp:// or amqps:// URL"],
  [{ handler: "echo" }, "handler: expected a function"],
  [{ concurrency: 10, prefetch: 5 }, "prefetch: less than concurrency"],
  [{ ordered: true, prefetch: 2 }, "prefetch: more than 1, which is all that keeps the order"],
  [{ ordered: true, concurrency: 2 }, "prefetch: less than concurrency"],
  [{ maxLength: 7 }, "maxLength: unknown field"],
])("refuses %j and says %s", (options, message) => {
  expect(refusal(options)).toContain(message);
});

it.each([
  ...topology().queues.map(({ name }) => name),
  ...[
    "metrics.updates.v2",
    "telemetry.points.15",
    "telemetry.rules.0",
    "retry.mine",
    "dlq.mine",
    "amq.gen-x",
  ],
  ...["", " ", "a b", ".a", "q".repeat(201), "naïve"],
])("lets nobody subscribe by the queue name %j", (name) => {
  expect(faultInQueueName(name)).toBeTypeOf("string");
});

it.each(["my-service", "billing.v2", "shop:orders", "telemetry-mirror", "A1"])(
  "takes the queue name %s",
  (name) => {
    expect(faultInQueueName(name)).toBeUndefined();
  },
);
