import { topology } from "../../../../layers/topology/topology.ts";
import { type AccountCheck, ask, fault } from "./account.ts";

/** For who answers requests, beside one for each queue. New accounts may begin with ten altogether. */
const FOR_REQUESTS = 50;

export const concurrency: AccountCheck = {
  name: "concurrency of Lambda",
  async run({ region, settings: { partitions } }) {
    const { GetAccountSettingsCommand, LambdaClient } = await import("@aws-sdk/client-lambda");
    const client = new LambdaClient({ region });
    const { AccountLimit } = await ask("lambda:GetAccountSettings", () =>
      client.send(new GetAccountSettingsCommand({})),
    );
    const free = AccountLimit?.UnreservedConcurrentExecutions ?? AccountLimit?.ConcurrentExecutions ?? 0;
    const queues = topology({ partitions }).queues.filter(({ consumer }) => consumer !== undefined).length;
    const needed = queues + FOR_REQUESTS;
    const detail = `${free} unreserved, ${needed} needed (${queues} queues, and ${FOR_REQUESTS} for requests)`;
    if (free >= needed) return detail;
    throw fault(detail, "ask Service Quotas for more: Lambda, concurrent executions (L-B99A9384)");
  },
};
