import { type AccountCheck, ask, fault } from "./account.ts";

/** As lib/constructs/registry-database.ts deploys it; a test holds the two together. */
export const DATABASE_VERSION = "18.4";

export const database: AccountCheck = {
  name: "Aurora PostgreSQL",
  async run({ region }) {
    const { DescribeOrderableDBInstanceOptionsCommand, RDSClient } = await import("@aws-sdk/client-rds");
    const client = new RDSClient({ region });
    const question = new DescribeOrderableDBInstanceOptionsCommand({
      Engine: "aurora-postgresql",
      EngineVersion: DATABASE_VERSION,
      DBInstanceClass: "db.serverless",
    });
    const { OrderableDBInstanceOptions: options = [] } = await ask(
      "rds:DescribeOrderableDBInstanceOptions",
      () => client.send(question),
    );
    const what = `Aurora PostgreSQL ${DATABASE_VERSION}, Serverless v2,`;
    if (options.length > 0) return `${what} is offered in ${region}`;
    throw fault(`${what} is not offered in ${region}`, "choose another region");
  },
};
