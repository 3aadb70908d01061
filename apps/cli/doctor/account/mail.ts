import { type AccountCheck, ask, fault, unless } from "./account.ts";

export const mail: AccountCheck = {
  name: "sender of mail",
  needless: ({ mailFrom }) => (mailFrom === null ? "this environment sends no mail" : undefined),
  async run({ region, settings: { mailFrom } }) {
    const { GetEmailIdentityCommand, SESv2Client } = await import("@aws-sdk/client-sesv2");
    const client = new SESv2Client({ region });
    const address = mailFrom ?? "";
    const domain = address.slice(address.indexOf("@") + 1);
    for (const EmailIdentity of [address, domain]) {
      const identity = await ask("ses:GetEmailIdentity", () =>
        unless("NotFoundException", client.send(new GetEmailIdentityCommand({ EmailIdentity }))),
      );
      if (identity?.VerifiedForSendingStatus) return `${EmailIdentity} is verified in ${region}`;
    }
    throw fault(
      `neither ${address} nor ${domain} is verified in SES in ${region}`,
      `aws sesv2 create-email-identity --email-identity ${address}, and follow the link that arrives there`,
    );
  },
};
