import { Stack, Validations } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { CfnDatabase } from "aws-cdk-lib/aws-timestream";
import { Construct } from "constructs";
import { environmentKeys } from "../../layers/lambda/environment-keys.ts";
import type { EnvironmentSettings } from "../environments.ts";
import { removalPolicyOf } from "../removal-policy.ts";

const USE = ["timestream:Select", "timestream:WriteRecords"];
/** What may be done to tables: nothing; make those that are missing; and change how long they keep what is in them. */
const TABLES = {
  use: [],
  create: ["timestream:CreateTable"],
  manage: ["timestream:CreateTable", "timestream:DescribeTable", "timestream:UpdateTable"],
};

/** Timestream: one database. Its tables are made, one for each number of days, by the functions that need them. */
export class TimestreamDatabase extends Construct {
  readonly name: string;
  readonly #database: CfnDatabase;

  constructor(scope: Construct, id: string, settings: EnvironmentSettings) {
    super(scope, id);
    this.name = `telemetry-${settings.name}`;
    this.#database = new CfnDatabase(this, "Database", { databaseName: this.name });
    this.#database.applyRemovalPolicy(removalPolicyOf(settings));
    Validations.of(this.#database).acknowledge({
      id: "CloudFormation-Validate::W3697",
      reason:
        "Environments that ask for Timestream are those of accounts that have it; measurements: postgres is the alternative.",
    });
    Validations.of(this.#database).acknowledge({
      id: "AwsSolutions-TS3",
      reason:
        "It is encrypted with the account's own key for Timestream; a key of ours would be one more thing whose loss loses the data.",
    });
  }

  /** Lets the function write and query, know which tables there are, and do that to them. */
  grant(fn: LambdaFunction, toTables: keyof typeof TABLES): void {
    const tables = `${this.#database.attrArn}/table/*`;
    fn.addToRolePolicy(new PolicyStatement({ actions: [...USE, ...TABLES[toTables]], resources: [tables] }));
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ["timestream:ListTables"], resources: [this.#database.attrArn] }),
    );
    // Clients ask where the database is before anything else.
    fn.addToRolePolicy(new PolicyStatement({ actions: ["timestream:DescribeEndpoints"], resources: ["*"] }));
    fn.addEnvironment(environmentKeys.timestreamDatabase, this.name);
    if (!fn.role) return;
    const stack = Stack.of(this);
    const { "Fn::ImportValue": exported } = stack.resolve(stack.exportValue(this.#database.attrArn));
    Validations.of(fn.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${exported}/table/*]`,
      reason: "There is a table for each number of days that something is kept, and definitions say which.",
    });
  }
}
