import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { manifest } from "../../functions/manifest.ts";
import { routesOf } from "../../functions/manifest-row.ts";
import { consoleFileOf } from "../../layers/core/console-site.ts";
import { socketParameters } from "../../layers/lambda/socket-event.ts";
import { environments } from "../../lib/environments.ts";
import { apiPathPatterns, SOCKET_PATHS } from "../../lib/site/path-patterns.ts";
import { synthesize } from "./synthesized.ts";

interface ViewerRequest {
  uri: string;
  querystring: Record<string, { value: string }>;
}

/** As CloudFront runs it: an event in, a request or an answer out. */
function run(code: string, request: ViewerRequest): ViewerRequest & { statusCode?: number } {
  return runInNewContext(`${code}; handler(event)`, { event: { request } });
}

const functionText = (name: string) =>
  readFileSync(new URL(`../../lib/site/${name}.js`, import.meta.url), "utf8");

/** CloudFront's patterns: `*` is any characters. The first that fits decides; the order is the distribution's. */
const fits = (pattern: string, path: string) =>
  new RegExp(`^${pattern.replace(/[.]/g, "\\.").replaceAll("*", ".*")}$`).test(path);

describe("what stands before the WebSocket API", () => {
  const code = functionText("socket-path").replaceAll("STAGE", "prod");

  it("turns the path into what $connect reads, since a path after the stage is 403 [AWS-03]", () => {
    const asked = { uri: "/ws/telemetry/sub_0a1B-2c", querystring: { ticket: { value: "t.%2F" } } };
    expect(run(code, asked)).toEqual({
      uri: "/prod",
      querystring: {
        [socketParameters.subscriptionId]: { value: "sub_0a1B-2c" },
        [socketParameters.ticket]: { value: "t.%2F" },
      },
    });
  });

  it("lets nobody name a subscription twice, or another parameter", () => {
    const querystring = {
      ticket: { value: "t" },
      subscription_id: { value: "sub_other" },
      x: { value: "y" },
    };
    expect(run(code, { uri: "/ws/telemetry/sub_1", querystring }).querystring).toEqual({
      subscription_id: { value: "sub_1" },
      ticket: { value: "t" },
    });
  });

  it.each(["/ws/", "/ws/telemetry/", "/ws/telemetry/a/b", "/ws/telemetry/../prod", "/ws/other/sub_1"])(
    "answers 404 to %s",
    (uri) => {
      expect(run(code, { uri, querystring: {} }).statusCode).toBe(404);
    },
  );
});

describe("what stands before the console", () => {
  it.each(["/", "/alerts", "/settings/devices/sensor.1", "/index.html", "/assets/app-1f.js", "/assets/x"])(
    "asks for the file that the local gateway would serve for %s",
    (uri) => {
      const { uri: asked } = run(functionText("console-page"), { uri, querystring: {} });
      expect(asked).toBe(`/${consoleFileOf(uri)}`);
    },
  );
});

describe.each(environments)("the site of $name", (settings) => {
  const { resources } = synthesize(settings);
  const [distribution] = resources("AWS::CloudFront::Distribution");
  const { DefaultCacheBehavior, CacheBehaviors, Origins } = distribution?.Properties.DistributionConfig ?? {};
  const behaviorOf = (path: string) =>
    CacheBehaviors.find(({ PathPattern }: { PathPattern: string }) => fits(PathPattern, path)) ??
    DefaultCacheBehavior;
  const originOf = (path: string) =>
    Origins.find(({ Id }: { Id: string }) => Id === behaviorOf(path).TargetOriginId);

  it("sends every route of the manifest to the API, uncached, with what the client sent [AWS-03]", () => {
    for (const { path } of manifest.flatMap(routesOf)) {
      expect(originOf(path.replaceAll(/[{}]/g, "")).OriginPath).toBe(`/${settings.name}`);
    }
    for (const pattern of [...apiPathPatterns(), SOCKET_PATHS]) {
      expect(behaviorOf(pattern)).toMatchObject({
        // The ids that AWS has for CachingDisabled and AllViewerExceptHostHeader.
        CachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        OriginRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
        ViewerProtocolPolicy: "https-only",
        AllowedMethods: expect.arrayContaining(["POST", "PUT", "DELETE"]),
      });
    }
  });

  it("sends sockets to the WebSocket API, and everything else to the console's files", () => {
    expect(originOf("/ws/telemetry/sub_1").OriginPath ?? "").toBe("");
    expect(JSON.stringify(originOf("/ws/telemetry/sub_1").DomainName)).toContain("execute-api");
    for (const path of ["/", "/alerts", "/assets/app.js", "/apidocs", "/metricsx"]) {
      expect(originOf(path), path).toHaveProperty("S3OriginConfig");
    }
  });

  it("speaks TLS 1.2 to what is behind it, and lets nobody else read the console's bucket [AWS-07]", () => {
    for (const { CustomOriginConfig, OriginAccessControlId } of Origins) {
      if (CustomOriginConfig) {
        expect(CustomOriginConfig).toMatchObject({
          OriginProtocolPolicy: "https-only",
          OriginSSLProtocols: ["TLSv1.2"],
        });
      } else expect(OriginAccessControlId).toBeDefined();
    }
    const bucket = resources("AWS::S3::Bucket").find(({ stack }) => stack === "console");
    expect(bucket?.Properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    const allowed = resources("AWS::S3::BucketPolicy")
      .filter(({ stack }) => stack === "console")
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Effect }) => Effect === "Allow");
    expect(allowed).toMatchObject([
      { Action: "s3:GetObject", Principal: { Service: "cloudfront.amazonaws.com" } },
    ]);
  });

  it("gives the console's pages a policy under which only its own scripts run [AWS-07]", () => {
    const [policy] = resources("AWS::CloudFront::ResponseHeadersPolicy");
    const { SecurityHeadersConfig } = policy?.Properties.ResponseHeadersPolicyConfig ?? {};
    const csp = SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy;
    expect(csp).toContain("default-src 'none'");
    expect(csp).toContain("frame-ancestors 'none'");
    expect(csp).not.toMatch(/unsafe|\*|https?:/);
    expect(SecurityHeadersConfig).toMatchObject({
      StrictTransportSecurity: { Override: true },
      ContentTypeOptions: { Override: true },
    });
  });

  it("keeps no log of its own, which would have tickets in it", () => {
    expect(distribution?.Properties.DistributionConfig).not.toHaveProperty("Logging");
  });
});

it("takes a host name of one's own, with its certificate, and a web ACL", () => {
  const [dev] = environments;
  if (!dev) throw new Error("expected an environment");
  const site = {
    hostName: "telemetry.example.com",
    certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/1",
  };
  const siteWebAclArn = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/a/1";
  const { resources, nagErrors } = synthesize({ ...dev, site, siteWebAclArn });
  expect(nagErrors).toEqual([]);
  expect(resources("AWS::CloudFront::Distribution")[0]?.Properties.DistributionConfig).toMatchObject({
    Aliases: ["telemetry.example.com"],
    ViewerCertificate: { AcmCertificateArn: site.certificateArn, MinimumProtocolVersion: "TLSv1.2_2021" },
    WebACLId: siteWebAclArn,
  });
});
