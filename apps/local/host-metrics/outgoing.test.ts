import { afterEach, describe, expect, it } from "vitest";
import type { Logger } from "../../../layers/core/logger.ts";
import { type AnsweringServer, type Reply, startAnsweringServer } from "../../../test/answering-server.ts";
import { createOutgoing, type Outgoing } from "./outgoing.ts";

let server: AnsweringServer;
afterEach(() => server.close());

let said: string[];

async function outgoingTo(reply: (index: number) => Reply, maxWaiting?: number): Promise<Outgoing> {
  server = await startAnsweringServer((_, index) => reply(index));
  said = [];
  const say = (message: string) => void said.push(message);
  const logger: Logger = { debug: say, info: say, warn: say, error: say };
  return createOutgoing({ url: `${server.url}/batch`, apiKey: "k", logger, maxWaiting });
}

const batch = (value: number) => [
  { device_id: "here", timestamp: "2024-03-01T10:00:00Z", metric_name: "m", value, unit: "1" },
];
const valuesAsked = () =>
  server.asked.map(({ body }) => (body as { data_points: { value: number }[] }).data_points[0]?.value);

describe("createOutgoing", () => {
  it("keeps what could not be sent and sends it first, under its own key, when the platform is back", async () => {
    const failures: Reply[] = ["silence", { status: 503 }];
    const outgoing = await outgoingTo((index) => failures[index] ?? { status: 200 });
    for (const value of [1, 2, 3]) await outgoing.send(batch(value));
    expect(valuesAsked()).toEqual([1, 1, 1, 2, 3]);
    const [first, second, third, fourth] = server.asked.map(({ headers }) => headers["idempotency-key"]);
    expect([second, third]).toEqual([first, first]);
    expect(fourth).not.toBe(first);
    expect(outgoing).toMatchObject({ waiting: 0, dropped: 0 });
    expect(said).toEqual(["this machine's metrics wait", "this machine's metrics arrive again"]);
  });

  it("lets the oldest go when too many wait, and counts them", async () => {
    const outgoing = await outgoingTo((index) => ({ status: index < 5 ? 503 : 200 }), 2);
    for (const value of [1, 2, 3, 4, 5]) await outgoing.send(batch(value));
    expect(outgoing).toMatchObject({ waiting: 2, dropped: 3 });
    await outgoing.send(batch(6));
    expect(valuesAsked().slice(5)).toEqual([4, 5, 6]);
  });

  it("does not hold up the others for a batch that the platform will never take", async () => {
    const outgoing = await outgoingTo((index) => ({ status: index === 0 ? 400 : 200 }));
    await outgoing.send(batch(1));
    await outgoing.send(batch(2));
    expect(outgoing).toMatchObject({ waiting: 0, dropped: 1 });
    expect(valuesAsked()).toEqual([1, 2]);
  });
});
