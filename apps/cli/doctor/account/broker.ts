import { type AccountCheck, ask, fault } from "./account.ts";

export const broker: AccountCheck = {
  name: "Amazon MQ",
  async run({ region, settings: { broker: wanted } }) {
    const { DescribeBrokerInstanceOptionsCommand, MqClient } = await import("@aws-sdk/client-mq");
    const client = new MqClient({ region });
    const question = new DescribeBrokerInstanceOptionsCommand({
      EngineType: "RABBITMQ",
      HostInstanceType: wanted.instanceType,
    });
    const { BrokerInstanceOptions: options = [] } = await ask("mq:DescribeBrokerInstanceOptions", () =>
      client.send(question),
    );
    const what = `RabbitMQ ${wanted.engineVersion} on ${wanted.instanceType} as ${wanted.deploymentMode}`;
    const offered = options.some(
      ({ SupportedDeploymentModes: modes = [], SupportedEngineVersions: versions = [] }) =>
        modes.includes(wanted.deploymentMode) && versions.includes(wanted.engineVersion),
    );
    if (offered) return `${what} is offered in ${region}`;
    const versions = options.flatMap(({ SupportedEngineVersions = [] }) => SupportedEngineVersions);
    throw fault(
      `${what} is not offered in ${region}; on this type there are: ${[...new Set(versions)].join(", ") || "none"}`,
      "choose another region, or change `broker` in lib/environments.ts",
    );
  },
};
