import { Duration, Validations } from "aws-cdk-lib";
import {
  AccessLogField,
  AccessLogFormat,
  CfnRestApi,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  ResponseTransferMode,
  ResponseType,
  RestApi,
} from "aws-cdk-lib/aws-apigateway";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { Route } from "../../functions/manifest-row.ts";
import { hostOf } from "../api-host.ts";
import type { EnvironmentSettings } from "../environments.ts";
import { removalPolicyOf } from "../removal-policy.ts";
import { ApiWebAcl } from "./api-web-acl.ts";

/** What API Gateway answers by itself, in the shape of every other error of the API. */
const ownAnswers = [
  // API Gateway's word for a path or method that it does not have.
  {
    id: "UnknownRoute",
    type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
    status: "404",
    detail: '"no such route"',
  },
  { id: "OtherRefusal", type: ResponseType.DEFAULT_4XX, detail: "$context.error.messageString" },
  { id: "Failure", type: ResponseType.DEFAULT_5XX, detail: "$context.error.messageString" },
];

/** The Regional REST API in front of the functions that have routes. */
export class TelemetryApi extends Construct {
  readonly #api: RestApi;

  constructor(scope: Construct, id: string, settings: EnvironmentSettings) {
    super(scope, id);
    this.#api = new RestApi(this, "Api", {
      restApiName: `telemetry-${settings.name}`,
      endpointTypes: [EndpointType.REGIONAL],
      // Bodies reach the functions byte by byte, whatever their content type.
      binaryMediaTypes: ["*/*"],
      cloudWatchRole: true,
      deployOptions: {
        stageName: settings.name,
        accessLogDestination: new LogGroupLogDestination(this.#createAccessLog(settings)),
        accessLogFormat: accessLogFormat(),
        loggingLevel: MethodLoggingLevel.ERROR,
        metricsEnabled: true,
        tracingEnabled: true,
        throttlingRateLimit: settings.api.requestsPerSecond,
        throttlingBurstLimit: settings.api.requestsPerSecond,
      },
    });
    new ApiWebAcl(this, "Firewall", settings, this.#api.deploymentStage.stageArn);
    this.#requireModernTls();
    this.#answerAlike();
    this.#acknowledge();
  }

  /** Without a scheme. */
  get host(): string {
    return hostOf(this, this.#api.restApiId);
  }

  /** @param streamSeconds how long an answer may take that is sent while it is made; other answers have 29 s */
  addRoute({ method, path }: Route, fn: IFunction, streamSeconds?: number): void {
    const integration = new LambdaIntegration(fn, {
      scopePermissionToMethod: false,
      ...(streamSeconds !== undefined && {
        responseTransferMode: ResponseTransferMode.STREAM,
        timeout: Duration.seconds(streamSeconds),
      }),
    });
    this.#api.root.resourceForPath(path).addMethod(method, integration);
  }

  /** A Regional API takes TLS 1.0 unless told otherwise, and the L2 has no word for it. */
  #requireModernTls(): void {
    const api = this.#api.node.defaultChild;
    if (!(api instanceof CfnRestApi)) throw new Error("expected RestApi to be made of a CfnRestApi");
    api.securityPolicy = "SecurityPolicy_TLS13_1_2_2021_06";
    api.endpointAccessMode = "STRICT";
  }

  #answerAlike(): void {
    for (const { id, type, status, detail } of ownAnswers) {
      this.#api.addGatewayResponse(id, {
        type,
        ...(status && { statusCode: status }),
        templates: {
          "application/json": `{"detail":${detail},"errors":[],"request_id":"$context.requestId"}`,
        },
      });
    }
  }

  #createAccessLog(settings: EnvironmentSettings): LogGroup {
    return new LogGroup(this, "AccessLog", {
      logGroupName: `/telemetry/${settings.name}/api-access`,
      retention: settings.logRetentionDays,
      removalPolicy: removalPolicyOf(settings),
    });
  }

  #acknowledge(): void {
    const validations = Validations.of(this);
    validations.acknowledge({
      id: "AwsSolutions-APIG2",
      reason: "Every function checks its requests with zod, which says more than API Gateway's models can.",
    });
    for (const id of ["AwsSolutions-APIG4", "AwsSolutions-COG4"]) {
      validations.acknowledge({
        id,
        reason:
          "Functions check keys and tokens themselves, so that a revocation holds within 30 seconds; three routes are open by design.",
      });
    }
    validations.acknowledge({
      id: "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]",
      reason:
        "API Gateway takes one role per account and region for its logs, and AWS publishes this policy for it.",
    });
  }
}

/** Never the query string: tickets travel there. */
function accessLogFormat(): AccessLogFormat {
  return AccessLogFormat.custom(
    JSON.stringify({
      request_id: AccessLogField.contextRequestId(),
      time: AccessLogField.contextRequestTime(),
      source_ip: AccessLogField.contextIdentitySourceIp(),
      user_agent: AccessLogField.contextIdentityUserAgent(),
      method: AccessLogField.contextHttpMethod(),
      path: AccessLogField.contextPath(),
      route: AccessLogField.contextResourcePath(),
      status: AccessLogField.contextStatus(),
      response_bytes: AccessLogField.contextResponseLength(),
      latency_ms: AccessLogField.contextResponseLatency(),
      integration_error: AccessLogField.contextIntegrationErrorMessage(),
    }),
  );
}
