import { Validations } from "aws-cdk-lib";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { environmentKeys } from "../../layers/lambda/environment-keys.ts";
import type { EnvironmentSettings } from "../environments.ts";
import { removalPolicyOf } from "../removal-policy.ts";

/** Whom alarms are told: operators put a webhook and a routing key into it (docs/aws.md). It begins without any. */
export class PagingSecret extends Construct {
  readonly #secret: Secret;

  constructor(scope: Construct, id: string, settings: EnvironmentSettings) {
    super(scope, id);
    this.#secret = new Secret(this, "Secret", {
      secretName: `telemetry/${settings.name}/paging`,
      description: "Whom alarms are told: Slack's webhook, PagerDuty's routing key",
      generateSecretString: { secretStringTemplate: "{}", generateStringKey: "unused" },
      removalPolicy: removalPolicyOf(settings),
    });
    Validations.of(this.#secret).acknowledge({
      id: "AwsSolutions-SMG4",
      reason: "Slack and PagerDuty give these out, and have no call by which they could be renewed.",
    });
  }

  grantRead(fn: LambdaFunction): void {
    this.#secret.grantRead(fn);
    fn.addEnvironment(environmentKeys.pagingSecretArn, this.#secret.secretArn);
  }
}
