import { Stack } from "aws-cdk-lib";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription, LambdaSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import type { AlarmRow } from "../alarms/alarm-row.ts";
import type { EnvironmentSettings } from "../environments.ts";
import { removalPolicyOf } from "../removal-policy.ts";

type Severity = AlarmRow["severity"];

/** Where alarms go, by severity: functions/page tells one from the other by the topic's name. */
export class AlarmTopics extends Construct {
  readonly #topics: Readonly<Record<Severity, Topic>>;

  constructor(scope: Construct, id: string, settings: EnvironmentSettings) {
    super(scope, id);
    const key = this.#createKey(settings);
    const create = (severity: Severity) =>
      new Topic(this, severity, {
        topicName: `telemetry-${settings.name}-${severity}`,
        masterKey: key,
        enforceSSL: true,
      });
    this.#topics = { page: create("page"), warn: create("warn") };
    for (const topic of Object.values(this.#topics)) {
      topic.addToResourcePolicy(this.#letAlarms(["sns:Publish"], topic.topicArn));
      for (const address of settings.alarmMail) topic.addSubscription(new EmailSubscription(address));
    }
  }

  actionFor(severity: Severity): SnsAction {
    return new SnsAction(this.#topics[severity]);
  }

  /** Has the function told of every alarm. */
  tell(fn: LambdaFunction): void {
    for (const topic of Object.values(this.#topics)) topic.addSubscription(new LambdaSubscription(fn));
  }

  /** AWS's own key for SNS lets no alarm publish ("Encrypting Amazon SNS topics": event sources). */
  #createKey(settings: EnvironmentSettings): Key {
    const key = new Key(this, "Key", {
      description: "Alarms on their way to people",
      enableKeyRotation: true,
      removalPolicy: removalPolicyOf(settings),
    });
    key.addToResourcePolicy(this.#letAlarms(["kms:Decrypt", "kms:GenerateDataKey"], "*"));
    return key;
  }

  /** A topic's own policy takes the place of the default one, which let this account's alarms publish. */
  #letAlarms(actions: string[], resource: string): PolicyStatement {
    return new PolicyStatement({
      principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
      actions,
      resources: [resource],
      conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
    });
  }
}
