import { Validations } from "aws-cdk-lib";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import type { EnvironmentSettings } from "../environments.ts";
import { removalPolicyOf } from "../removal-policy.ts";

/** The admin key that an environment begins with, generated: whoever may read the secret makes the first keys. */
export function bootstrapKey(scope: Construct, settings: EnvironmentSettings): Secret {
  const secret = new Secret(scope, "BootstrapKey", {
    secretName: `telemetry/${settings.name}/bootstrap-key`,
    description: "Admin key of the API, to make others with",
    generateSecretString: { excludePunctuation: true, passwordLength: 43 },
    removalPolicy: removalPolicyOf(settings),
  });
  Validations.of(secret).acknowledge({
    id: "AwsSolutions-SMG4",
    reason:
      "It makes the first keys and is used no further: a new value holds as soon as migrate-storage has run.",
  });
  return secret;
}
