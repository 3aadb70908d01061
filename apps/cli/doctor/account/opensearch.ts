import { type AccountCheck, ask, fault, unless } from "./account.ts";

const ROLE = "AWSServiceRoleForAmazonOpenSearchService";

/** CloudFormation does not make it, and a domain in a VPC cannot be made without. */
export const openSearch: AccountCheck = {
  name: "OpenSearch's service-linked role",
  needless: ({ logs }) => (logs === "opensearch" ? undefined : `logs are in ${logs}`),
  async run({ region }) {
    const { GetRoleCommand, IAMClient } = await import("@aws-sdk/client-iam");
    const client = new IAMClient({ region });
    const role = await ask("iam:GetRole", () =>
      unless("NoSuchEntityException", client.send(new GetRoleCommand({ RoleName: ROLE }))),
    );
    if (role) return `${ROLE} is there`;
    throw fault(
      `there is no ${ROLE}`,
      "aws iam create-service-linked-role --aws-service-name opensearchservice.amazonaws.com",
    );
  },
};
