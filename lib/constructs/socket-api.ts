import { Stack, Validations } from "aws-cdk-lib";
import { AccessLogFormat, CfnAccount } from "aws-cdk-lib/aws-apigateway";
import { LogGroupLogDestination, WebSocketApi, WebSocketStage } from "aws-cdk-lib/aws-apigatewayv2";
import { WebSocketLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { SocketRoute } from "../../functions/manifest-row.ts";
import { environmentKeys } from "../../layers/lambda/environment-keys.ts";
import { hostOf } from "../api-host.ts";
import type { EnvironmentSettings } from "../environments.ts";
import { removalPolicyOf } from "../removal-policy.ts";

/** Connections and messages per second that may come in, over all clients: who is beyond it is refused. */
const throttle = { rateLimit: 500, burstLimit: 1_000 };

const LOGS_POLICY = "service-role/AmazonAPIGatewayPushToCloudWatchLogs";

/** The WebSocket API of the live stream. */
export class SocketApi extends Construct {
  readonly #api: WebSocketApi;
  readonly #stage: WebSocketStage;

  constructor(scope: Construct, id: string, settings: EnvironmentSettings) {
    super(scope, id);
    this.#api = new WebSocketApi(this, "Api", {
      apiName: `telemetry-${settings.name}-stream`,
      routeSelectionExpression: "$request.body.type",
    });
    this.#stage = new WebSocketStage(this, "Stage", {
      webSocketApi: this.#api,
      stageName: settings.name,
      autoDeploy: true,
      throttle,
      detailedMetricsEnabled: true,
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.#createAccessLog(settings)),
        format: accessLogFormat(),
      },
    });
    this.#stage.node.addDependency(this.#letApiGatewayLog());
  }

  get apiId(): string {
    return this.#api.apiId;
  }

  /** Without a scheme. */
  get host(): string {
    return hostOf(this, this.#api.apiId);
  }

  /** What a message's function answers is sent back over the connection. */
  addRoute(route: SocketRoute, fn: LambdaFunction): void {
    const added = this.#api.addRoute(`$${route}`, {
      integration: new WebSocketLambdaIntegration(`${route}-integration`, fn),
      returnResponse: route === "default",
    });
    Validations.of(added).acknowledge({
      id: "AwsSolutions-APIG4",
      reason: "The function checks the ticket that a connection comes with: a browser can send no header.",
    });
  }

  /** Lets the function send to connections and close them. */
  grantManage(fn: LambdaFunction): void {
    const stack = Stack.of(this);
    const service = "execute-api";
    const resourceName = `${this.#stage.stageName}/*/@connections/*`;
    const arn = stack.formatArn({ service, resource: this.#api.apiId, resourceName });
    fn.addToRolePolicy(new PolicyStatement({ actions: ["execute-api:ManageConnections"], resources: [arn] }));
    fn.addEnvironment(environmentKeys.socketsEndpoint, this.#stage.callbackUrl);
    if (!fn.role) return;
    // The finding is named by how the other stack exports the API.
    const { "Fn::ImportValue": exported } = stack.resolve(stack.exportValue(this.#api.apiId));
    const api = "arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>";
    Validations.of(fn.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${api}:${exported}/${resourceName}]`,
      reason: "API Gateway names the connections when they are made.",
    });
  }

  #createAccessLog(settings: EnvironmentSettings): LogGroup {
    return new LogGroup(this, "AccessLog", {
      logGroupName: `/telemetry/${settings.name}/stream-access`,
      retention: settings.logRetentionDays,
      removalPolicy: removalPolicyOf(settings),
    });
  }

  /** Of an account that has no role for it yet, API Gateway refuses a stage that logs: the REST API comes later. */
  #letApiGatewayLog(): CfnAccount {
    const role = new Role(this, "LogRole", {
      assumedBy: new ServicePrincipal("apigateway.amazonaws.com"),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName(LOGS_POLICY)],
    });
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${LOGS_POLICY}]`,
      reason:
        "API Gateway takes one role per account and region for its logs, and AWS publishes this policy for it.",
    });
    return new CfnAccount(this, "Account", { cloudWatchRoleArn: role.roleArn });
  }
}

/** Never the query string: tickets travel there. */
function accessLogFormat(): AccessLogFormat {
  return AccessLogFormat.custom(
    JSON.stringify({
      request_id: "$context.requestId",
      time: "$context.requestTime",
      source_ip: "$context.identity.sourceIp",
      user_agent: "$context.identity.userAgent",
      event: "$context.eventType",
      route: "$context.routeKey",
      connection_id: "$context.connectionId",
      status: "$context.status",
      integration_error: "$context.integrationErrorMessage",
    }),
  );
}
