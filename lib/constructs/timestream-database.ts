import { Stack, Validations } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { CfnDatabase } from "aws-cdk-lib/aws-timestream";
import { Construct } from "constructs";
import { environmentKeys } from "../../layers/lambda/environment-keys.ts";
import type { EnvironmentSettings } from "../environments.ts";
import { removalPolicyOf } from "../removal-policy.ts";

/** What each function does with it, as docs/timestream.md explains; who is not here asks nothing of it. */
const rights: Readonly<Record<string, readonly string[]>> = {
  "query-points": ["timestream:Select"],
  "export-points": ["timestream:Select"],
  "manage-rules": ["timestream:Select"],
  "report-statistics": ["timestream:Select"],
  "report-health": ["timestream:Select"],
  "record-points": ["timestream:WriteRecords", "timestream:CreateTable"],
  "erase-devices": ["timestream:Select", "timestream:WriteRecords"],
  "maintain-storage": ["timestream:WriteRecords", "timestream:CreateTable"],
  "migrate-storage": ["timestream:WriteRecords", "timestream:CreateTable"],
  "roll-up": [],
};

/** Timestream: one database. Its tables are made, one for each number of days, by the functions that need them. */
export class TimestreamDatabase extends Construct {
  readonly databaseName: string;
  readonly #database: CfnDatabase;

  constructor(scope: Construct, id: string, settings: EnvironmentSettings) {
    super(scope, id);
    this.databaseName = `telemetry-${settings.name}`;
    this.#database = new CfnDatabase(this, "Database", { databaseName: this.databaseName });
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

  /** Tells the function where measurements are, and nothing else. */
  name(fn: LambdaFunction): void {
    fn.addEnvironment(environmentKeys.timestreamDatabase, this.databaseName);
  }

  /** Lets the function do what the table says. */
  grant(fn: LambdaFunction, service: string): void {
    this.name(fn);
    const actions = rights[service];
    if (!actions) throw new Error(`lib/constructs/timestream-database.ts says nothing of "${service}"`);
    if (actions.length === 0) return;
    const tables = `${this.#database.attrArn}/table/*`;
    fn.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [tables] }));
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ["timestream:ListTables"], resources: [this.#database.attrArn] }),
    );
    // Clients ask where the database is before anything else.
    fn.addToRolePolicy(new PolicyStatement({ actions: ["timestream:DescribeEndpoints"], resources: ["*"] }));
    if (!fn.role) return;
    const stack = Stack.of(this);
    const { "Fn::ImportValue": exported } = stack.resolve(stack.exportValue(this.#database.attrArn));
    Validations.of(fn.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${exported}/table/*]`,
      reason: "There is a table for each number of days that something is kept, and definitions say which.",
    });
  }
}
