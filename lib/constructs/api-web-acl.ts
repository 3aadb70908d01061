import { CfnWebACL, CfnWebACLAssociation } from "aws-cdk-lib/aws-wafv2";
import { Construct } from "constructs";
import type { EnvironmentSettings } from "../environments.ts";

/**
 * Rules of AWS's common set that look into bodies, or want a user agent. They count and refuse nothing: log entries
 * tell of scripts and paths, batches are long, devices say nothing of themselves, and all of it is stored as data and
 * never run. Every function checks what it takes.
 */
const countedOnly = [
  "SizeRestrictions_BODY",
  "CrossSiteScripting_BODY",
  "GenericLFI_BODY",
  "GenericRFI_BODY",
  "EC2MetaDataSSRF_BODY",
  "NoUserAgent_HEADER",
];

/** A firewall before a stage of API Gateway. */
export class ApiWebAcl extends Construct {
  constructor(scope: Construct, id: string, { name, api }: EnvironmentSettings, stageArn: string) {
    super(scope, id);
    const acl = new CfnWebACL(this, "Acl", {
      name: `telemetry-${name}-api`,
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      rules: [
        ruleOf("requests-per-address", 0, {
          action: { block: { customResponse: { responseCode: 429 } } },
          statement: {
            // Behind CloudFront every request comes from it; who is before it stands in the header. Whoever forges
            // it spreads their requests, and is held by the limit over all clients.
            rateBasedStatement: {
              limit: api.requestsPerAddress,
              aggregateKeyType: "FORWARDED_IP",
              forwardedIpConfig: { headerName: "X-Forwarded-For", fallbackBehavior: "NO_MATCH" },
            },
          },
        }),
        ruleOf("common", 1, {
          overrideAction: { none: {} },
          statement: managed("AWSManagedRulesCommonRuleSet", countedOnly),
        }),
        ruleOf("known-bad-inputs", 2, {
          overrideAction: { none: {} },
          statement: managed("AWSManagedRulesKnownBadInputsRuleSet", [
            "JavaDeserializationRCE_BODY",
            "Log4JRCE_BODY",
            "ReactJSRCE_BODY",
          ]),
        }),
        ruleOf("reputation", 3, {
          overrideAction: { none: {} },
          statement: managed("AWSManagedRulesAmazonIpReputationList", []),
        }),
      ],
      visibilityConfig: visibilityOf("api"),
    });
    new CfnWebACLAssociation(this, "Association", { resourceArn: stageArn, webAclArn: acl.attrArn });
  }
}

const ruleOf = (
  name: string,
  priority: number,
  rule: Omit<CfnWebACL.RuleProperty, "name" | "priority" | "visibilityConfig">,
): CfnWebACL.RuleProperty => ({ name, priority, visibilityConfig: visibilityOf(name), ...rule });

const managed = (name: string, counted: readonly string[]): CfnWebACL.StatementProperty => ({
  managedRuleGroupStatement: {
    vendorName: "AWS",
    name,
    ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
  },
});

/** Samples would keep headers, and with them keys. */
const visibilityOf = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: false,
  metricName,
});
