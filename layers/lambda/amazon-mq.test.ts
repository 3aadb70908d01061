import { MqClient } from "@aws-sdk/client-mq";
import { afterEach, expect, it } from "vitest";
import { type AnsweringServer, startAnsweringServer } from "../../test/answering-server.ts";
import { runningBroker } from "./amazon-mq.ts";

let server: AnsweringServer;
let client: MqClient;

afterEach(async () => {
  client.destroy();
  await server.close();
});

/** Amazon MQ, as its API reference says that it answers: the state of the broker, one after the other. */
async function askAbout(states: readonly string[], patienceMs = 5_000) {
  server = await startAnsweringServer((_, index) => ({
    status: 200,
    body: {
      brokerId: "b-1",
      brokerState: states[Math.min(index, states.length - 1)],
      brokerInstances: [
        { consoleURL: "https://b-1.mq.example.com", endpoints: ["amqps://b-1.mq.example.com:5671"] },
      ],
    },
  }));
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  client = new MqClient({ endpoint: server.url, region: "eu-central-1", credentials, maxAttempts: 1 });
  return runningBroker({ client, brokerId: "b-1", patienceMs, pauseMs: 1 });
}

it("waits for a broker that is being made or rebooted [AWS-02]", async () => {
  const found = await askAbout(["CREATION_IN_PROGRESS", "REBOOT_IN_PROGRESS", "RUNNING"]);
  expect(found).toEqual({
    amqp: "amqps://b-1.mq.example.com:5671",
    management: "https://b-1.mq.example.com",
  });
  expect(server.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(
    Array.from({ length: 3 }, () => "GET /v1/brokers/b-1"),
  );
});

it.each(["CREATION_FAILED", "DELETION_IN_PROGRESS", "CRITICAL_ACTION_REQUIRED"])(
  "does not wait for a broker in the state %s",
  async (state) => {
    await expect(askAbout([state])).rejects.toThrow(`expected broker b-1 to be RUNNING, it is ${state}`);
    expect(server.asked).toHaveLength(1);
  },
);

it("gives up at last", async () => {
  await expect(askAbout(["REBOOT_IN_PROGRESS"], 20)).rejects.toThrow("it is REBOOT_IN_PROGRESS");
});
