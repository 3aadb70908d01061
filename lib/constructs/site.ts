import { readFileSync } from "node:fs";
import { Duration, Validations } from "aws-cdk-lib";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Function as CloudFrontFunction,
  Distribution,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  type IOrigin,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { HttpOrigin, S3BucketOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { consoleSecurityHeaders } from "../../layers/core/console-site.ts";
import type { EnvironmentSettings } from "../environments.ts";
import { apiPathPatterns, SOCKET_PATHS } from "../site/path-patterns.ts";

export interface SiteProps {
  settings: EnvironmentSettings;
  console: Bucket;
  /** Host names, without a scheme. */
  apiHost: string;
  socketHost: string;
}

/** CloudFront before console, API and sockets: one host name, so that the console asks its own and no other. */
export class Site extends Construct {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, { settings, console, apiHost, socketHost }: SiteProps) {
    super(scope, id);
    const { site, siteWebAclArn } = settings;
    const api = behind(new HttpOrigin(apiHost, { ...toOrigin, originPath: `/${settings.name}` }));
    const sockets = {
      ...behind(new HttpOrigin(socketHost, toOrigin)),
      functionAssociations: [this.#before("socket-path", { STAGE: settings.name })],
    };
    this.distribution = new Distribution(this, "Distribution", {
      comment: `telemetry-${settings.name}: console, API and sockets`,
      defaultBehavior: this.#consoleBehavior(console),
      additionalBehaviors: {
        ...Object.fromEntries(apiPathPatterns().map((pattern) => [pattern, api])),
        [SOCKET_PATHS]: sockets,
      },
      defaultRootObject: "index.html",
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      webAclId: siteWebAclArn ?? undefined,
      ...(site && {
        domainNames: [site.hostName],
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
        certificate: Certificate.fromCertificateArn(this, "Certificate", site.certificateArn),
      }),
    });
    this.#acknowledge(settings);
  }

  #consoleBehavior(bucket: Bucket): BehaviorOptions {
    return {
      origin: S3BucketOrigin.withOriginAccessControl(bucket),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      responseHeadersPolicy: this.#headersPolicy(),
      functionAssociations: [this.#before("console-page")],
      compress: true,
    };
  }

  #headersPolicy(): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, "Headers", {
      comment: "The console's page runs its own scripts and asks its own host only",
      securityHeadersBehavior: {
        contentSecurityPolicy: {
          contentSecurityPolicy: consoleSecurityHeaders["content-security-policy"] ?? "",
          override: true,
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(365),
          includeSubdomains: false,
          override: true,
        },
      },
      customHeadersBehavior: {
        customHeaders: [{ header: "cross-origin-opener-policy", value: "same-origin", override: true }],
      },
    });
  }

  /** @param words what stands in the function's text, and for what */
  #before(name: string, words: Readonly<Record<string, string>> = {}) {
    const file = new URL(`../site/${name}.js`, import.meta.url);
    const text = Object.entries(words).reduce(
      (code, [word, meant]) => code.replaceAll(word, meant),
      readFileSync(file, "utf8"),
    );
    return {
      eventType: FunctionEventType.VIEWER_REQUEST,
      function: new CloudFrontFunction(this, name, {
        code: FunctionCode.fromInline(text),
        runtime: FunctionRuntime.JS_2_0,
      }),
    };
  }

  #acknowledge({ site, siteWebAclArn }: EnvironmentSettings): void {
    const reasons = {
      "AwsSolutions-CFR1": "Who may use it is said by keys and tokens, wherever they are.",
      "AwsSolutions-CFR3":
        "CloudFront's log has query strings, in which tickets travel; both APIs behind it log every request without them.",
      ...(siteWebAclArn === null && {
        "AwsSolutions-CFR2":
          "The API behind it has a web ACL of its own; one for CloudFront must be made in us-east-1 and named in the settings.",
      }),
      ...(site === null && {
        "AwsSolutions-CFR4":
          "Without a host name of one's own CloudFront's certificate is used, which lets nobody choose; every browser of today takes TLS 1.2 or later.",
      }),
    };
    for (const [id, reason] of Object.entries(reasons)) {
      Validations.of(this.distribution).acknowledge({ id, reason });
    }
  }
}

/** API Gateway answers within 29 s or streams; CloudFront waits 60 s at most for the next byte. */
const toOrigin = {
  protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
  originSslProtocols: [OriginSslPolicy.TLS_V1_2],
  readTimeout: Duration.seconds(60),
};

/** Nothing is kept, and all that a client sends goes on, credentials among it; but not its host, which is ours. */
const behind = (origin: IOrigin): BehaviorOptions => ({
  origin,
  viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
  allowedMethods: AllowedMethods.ALLOW_ALL,
  cachePolicy: CachePolicy.CACHING_DISABLED,
  originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
  compress: false,
});
