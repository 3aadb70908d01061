import { type AccountCheck, ask, fault, unless } from "./account.ts";

/** CDK's default qualifier, and the oldest bootstrap stack that its default synthesizer deploys with. */
const PARAMETER = "/cdk-bootstrap/hnb659fds/version";
const OLDEST = 6;

export const bootstrap: AccountCheck = {
  name: "bootstrap stack of CDK",
  async run({ id, region }) {
    const { GetParameterCommand, SSMClient } = await import("@aws-sdk/client-ssm");
    const client = new SSMClient({ region });
    const question = () =>
      unless("ParameterNotFound", client.send(new GetParameterCommand({ Name: PARAMETER })));
    const answer = await ask("ssm:GetParameter", question);
    const todo = `npx cdk bootstrap aws://${id}/${region}`;
    if (!answer) throw fault(`there is none in ${region}`, todo);
    const version = Number(answer.Parameter?.Value);
    if (version >= OLDEST) return `version ${version}`;
    throw fault(`expected version ${OLDEST} or later, it is ${answer.Parameter?.Value}`, todo);
  },
};
