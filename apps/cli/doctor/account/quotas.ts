import type { EC2Client } from "@aws-sdk/client-ec2";
import type { EnvironmentSettings } from "../../../../lib/environments.ts";
import { type AccountCheck, ask, fault, unless } from "./account.ts";

interface Quota {
  name: string;
  service: string;
  code: string;
  needed(settings: EnvironmentSettings): number;
  /** IAM's name of the question that `used` asks. */
  action: string;
  used(client: EC2Client): Promise<number>;
}

/** Service Quotas' own codes. Of network interfaces each function's security group takes one per subnet, and more. */
const INTERFACES = 200;

const quotas: readonly Quota[] = [
  {
    name: "VPCs",
    service: "vpc",
    code: "L-F678F1CE",
    needed: () => 1,
    action: "ec2:DescribeVpcs",
    async used(client) {
      const { paginateDescribeVpcs } = await import("@aws-sdk/client-ec2");
      return count(paginateDescribeVpcs({ client }, {}), ({ Vpcs }) => Vpcs);
    },
  },
  {
    name: "elastic IP addresses",
    service: "ec2",
    code: "L-0263D0A3",
    needed: ({ natGateways }) => natGateways,
    action: "ec2:DescribeAddresses",
    async used(client) {
      const { DescribeAddressesCommand } = await import("@aws-sdk/client-ec2");
      return (await client.send(new DescribeAddressesCommand({}))).Addresses?.length ?? 0;
    },
  },
  {
    name: "network interfaces",
    service: "vpc",
    code: "L-DF5E4CA3",
    needed: () => INTERFACES,
    action: "ec2:DescribeNetworkInterfaces",
    async used(client) {
      const { paginateDescribeNetworkInterfaces } = await import("@aws-sdk/client-ec2");
      return count(
        paginateDescribeNetworkInterfaces({ client }, {}),
        ({ NetworkInterfaces }) => NetworkInterfaces,
      );
    },
  },
];

/** An environment that is deployed already has what it needs: then these ask for what a second one would. */
export const quotaChecks: readonly AccountCheck[] = quotas.map((quota) => ({
  name: `quota of ${quota.name}`,
  async run({ region, settings }) {
    const { EC2Client } = await import("@aws-sdk/client-ec2");
    const limit = await limitOf(quota, region);
    const used = await ask(quota.action, () => quota.used(new EC2Client({ region })));
    const needed = quota.needed(settings);
    const detail = `${used} of ${limit} taken, ${needed} needed`;
    if (used + needed <= limit) return detail;
    throw fault(detail, `ask Service Quotas for more: ${quota.service}, ${quota.code}`);
  },
}));

/** The account's own value, else AWS's default. */
async function limitOf({ service: ServiceCode, code: QuotaCode }: Quota, region: string): Promise<number> {
  const { GetAWSDefaultServiceQuotaCommand, GetServiceQuotaCommand, ServiceQuotasClient } = await import(
    "@aws-sdk/client-service-quotas"
  );
  const client = new ServiceQuotasClient({ region });
  const which = { ServiceCode, QuotaCode };
  const own = await ask("servicequotas:GetServiceQuota", () =>
    unless("NoSuchResourceException", client.send(new GetServiceQuotaCommand(which))),
  );
  if (own?.Quota?.Value !== undefined) return own.Quota.Value;
  const byDefault = await client.send(new GetAWSDefaultServiceQuotaCommand(which));
  return byDefault.Quota?.Value ?? 0;
}

async function count<Page>(
  pages: AsyncIterable<Page>,
  of: (page: Page) => readonly unknown[] | undefined,
): Promise<number> {
  let found = 0;
  for await (const page of pages) found += of(page)?.length ?? 0;
  return found;
}
