import { setTimeout as pause } from "node:timers/promises";
import { DescribeBrokerCommand, type DescribeBrokerResponse, type MqClient } from "@aws-sdk/client-mq";
import { asError, UnavailableError } from "../core/errors.ts";

/** Where a broker of Amazon MQ is, without credentials. */
export interface BrokerEndpoints {
  /** `amqps://host:5671` */
  amqp: string;
  /** `https://host`: the management page and its API. */
  management: string;
}

export interface WaitOptions {
  client: MqClient;
  brokerId: string;
  /** @default 120000 */
  patienceMs?: number;
  /** @default 5000 */
  pauseMs?: number;
}

/** States that another one follows by itself ("Broker statuses", Amazon MQ Developer Guide). */
const PASSING = new Set(["CREATION_IN_PROGRESS", "REBOOT_IN_PROGRESS"]);

/**
 * Waits until the broker runs.
 *
 * @throws {UnavailableError} `broker_not_running`: it does not, and in what state it is
 */
export async function runningBroker(options: WaitOptions): Promise<BrokerEndpoints> {
  const { client, brokerId, patienceMs = 120_000, pauseMs = 5_000 } = options;
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const broker = await describe(client, brokerId);
    const { BrokerState: state = "unknown" } = broker;
    if (state === "RUNNING") return endpointsOf(broker, brokerId);
    if (!PASSING.has(state) || performance.now() >= deadline) {
      throw notRunning(`expected broker ${brokerId} to be RUNNING, it is ${state}`);
    }
    await pause(pauseMs);
  }
}

async function describe(client: MqClient, brokerId: string): Promise<DescribeBrokerResponse> {
  try {
    return await client.send(new DescribeBrokerCommand({ BrokerId: brokerId }));
  } catch (cause) {
    throw notRunning(`cannot ask Amazon MQ for broker ${brokerId}: ${asError(cause).message}`, cause);
  }
}

/** A cluster has one instance in this answer too: a load balancer before its nodes. */
function endpointsOf({ BrokerInstances = [] }: DescribeBrokerResponse, brokerId: string): BrokerEndpoints {
  const [instance] = BrokerInstances;
  const amqp = instance?.Endpoints?.find((endpoint) => endpoint.startsWith("amqps://"));
  const management = instance?.ConsoleURL;
  if (amqp && management) return { amqp, management };
  throw notRunning(`Amazon MQ names no amqps:// endpoint and console of broker ${brokerId}`);
}

const notRunning = (message: string, cause?: unknown): UnavailableError =>
  new UnavailableError(message, { code: "broker_not_running", cause });
