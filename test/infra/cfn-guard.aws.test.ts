import { join } from "node:path";
import { CfnGuardValidator } from "@cdklabs/cdk-validator-cfnguard";
import { afterAll, expect, it } from "vitest";
import { environments } from "../../lib/environments.ts";
import { synthesize } from "./synthesized.ts";
import { written } from "./written.ts";

// AWS Control Tower's proactive controls, of the services that there are.

const rules = join(import.meta.dirname, "../../node_modules/@cdklabs/cdk-validator-cfnguard/rules");
const services = [
  ...["apigateway", "certificatemanager", "cloudfront", "cloudwatch", "ec2", "identityandaccessmanagement"],
  ...["keymanagementservice", "lambda", "mq", "opensearchservice", "rds", "s3", "waf"],
];

/** What they want and is not done, for what, and why. A row that no environment needs any more is an error. */
const accepted: readonly { rule: string; of?: RegExp; why: string }[] = [
  {
    rule: "cloudwatch_alarm_action_check",
    of: /^(queue|worker|handler|function|schedule)/,
    why: "Of alarms of one kind their composite tells people: test/infra/alarms.test.ts holds that there is one.",
  },
  {
    rule: "cloudwatch_log_group_retention_period_check",
    why: "How long logs are kept is a setting of the environment. What must be kept for good is the audit.",
  },
  {
    rule: "cloudwatch_log_group_encrypted_check",
    why: "CloudWatch encrypts every log with its own key; payloads and secrets are in none.",
  },
  {
    rule: "kms_create_grant_aws_service_check",
    why: "SNS and CloudWatch use the alarms' key without grants.",
  },
  {
    rule: "lambda_inside_vpc_check",
    why: "Those that need anything there are, with subnets of another stack, which the rule does not read; who tells of alarms, or needs nothing, must not be.",
  },
  {
    rule: "lambda_function_public_access_prohibited_check",
    why: "Their SourceArn is put together of references, which the rule does not read: test/infra/grants.test.ts does.",
  },
  { rule: "mq_rabbit_deployment_mode_check", why: "dev is a single instance, and says so in its settings." },
  {
    rule: "cloudfront_origin_failover_enabled_check",
    why: "Each origin is regional and over several zones already; there is no second region to go to.",
  },
  {
    rule: "cloudfront_access_logs_enabled_check",
    why: "CloudFront's log has query strings, in which tickets travel; the APIs behind it log without them.",
  },
  ...["custom_ssl_certificate", "sni_enabled", "security_policy"].map((what) => ({
    rule: `cloudfront_${what}_check`,
    why: "Without a host name of one's own in the settings there can be no certificate for it.",
  })),
  {
    rule: "s3_bucket_default_encryption_kms_check",
    why: "S3's own keys encrypt; a key of ours would be one more thing whose loss loses what was acknowledged.",
  },
  {
    rule: "s3_bucket_versioning_enabled_check",
    of: /^(Console|AccessLogs|Spool)/,
    why: "The console is built again; of the spool a version would remain of everything that was delivered.",
  },
  {
    rule: "s3_bucket_logging_enabled_check",
    of: /^(Console|AccessLogs)/,
    why: "CloudFront alone reads the console; the log of the logs would never end.",
  },
  {
    rule: "s3_event_notifications_enabled_check",
    why: "Nothing would listen: drain-spool looks every minute.",
  },
  {
    rule: "s3_lifecycle_policy_check",
    of: /^(Console|Spool|Sealed)/,
    why: "What was acknowledged and what was sealed expires never.",
  },
  {
    rule: "s3_bucket_object_lock_enabled_check",
    of: /^(Console|AccessLogs|Spool)/,
    why: "What is drained from the spool must be deleted; the audit's heads are locked.",
  },
  { rule: "s3_version_lifecycle_policy_check", of: /^Sealed/, why: "Nothing that was sealed expires." },
  {
    rule: "rds_instance_enhanced_monitoring_enabled_check",
    why: "Aurora Serverless's own metrics are alarmed; the system's processes are Amazon's to watch.",
  },
  {
    rule: "rds_cluster_deletion_protection_enabled_check",
    why: "Environments whose data need not outlive them say so in their settings; prod is protected.",
  },
  {
    rule: "api_gw_v2_authorization_type_configured_check",
    why: "The function checks the ticket that a connection comes with: a browser can send no header.",
  },
  {
    rule: "opensearch_audit_logging_enabled_check",
    why: "It wants fine-grained access control: see there.",
  },
  {
    rule: "opensearch_fine_grained_access_control_enabled_check",
    why: "Two kinds of callers, told apart by their roles' rights on HTTP verbs: a second directory of users would have to agree with IAM for ever.",
  },
  {
    rule: "opensearch_data_node_fault_tolerance_check",
    why: "Two data nodes in two zones with three masters: each index has a copy in both, and it is a copy itself.",
  },
  {
    rule: "opensearch_https_required_check",
    why: "Its policy is stricter: TLS 1.2 with forward secrecy only.",
  },
];
const used = new Set<string>();

it.each(environments)(
  "cfn-guard finds nothing in $name but what is accepted with its reason [AWS-07]",
  async (settings) => {
    const guard = new CfnGuardValidator({
      controlTowerRulesEnabled: false,
      rules: services.map((service) => join(rules, "control-tower/cfn-guard", service)),
      maxBuffer: 2 ** 30,
    });
    const { files, discard } = await written(synthesize(settings));
    try {
      const { violations } = guard.validate({ templatePaths: [...files] } as never);
      const found = violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ resourceLogicalId }) => ({ rule: ruleName, id: resourceLogicalId })),
      );
      expect(found.length).toBeGreaterThan(0);
      const unexplained = found.filter(({ rule, id }) => {
        const row = accepted.find((one) => one.rule === rule && (one.of?.test(id ?? "") ?? true));
        if (row) used.add(row.rule);
        return !row;
      });
      expect(unexplained).toEqual([]);
    } finally {
      await discard();
    }
  },
  900_000,
);

afterAll(() => {
  expect(accepted.filter(({ rule }) => !used.has(rule))).toEqual([]);
});
