import type { APIGatewayProxyEvent } from "aws-lambda";

/** A request as the HTTP server read it. */
export interface GatewayRequest {
  method: string;
  /** Without the query string, as it came. */
  path: string;
  query: URLSearchParams;
  /** Names as they came. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  sourceIp: string;
  requestId: string;
  /** Milliseconds since the Unix epoch. */
  receivedAt: number;
}

export interface MatchedResource {
  /** `/devices/{device_id}` */
  resource: string;
  pathParameters: Readonly<Record<string, string>>;
}

const STAGE = "local";

/** The event of a Regional REST API's Lambda proxy integration (payload format 1.0), as API Gateway builds it. */
export function restEvent(
  request: GatewayRequest,
  { resource, pathParameters }: MatchedResource,
): APIGatewayProxyEvent {
  const { method, path, query, headers, body, requestId, sourceIp, receivedAt } = request;
  const parameters = [...new Set(query.keys())];
  return {
    resource,
    path,
    httpMethod: method,
    headers: { ...headers },
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    // Of a parameter that is repeated API Gateway gives the last.
    queryStringParameters: orNull(parameters.map((name) => [name, query.getAll(name).at(-1) ?? ""])),
    multiValueQueryStringParameters: orNull(parameters.map((name) => [name, query.getAll(name)])),
    pathParameters: orNull(Object.entries(pathParameters)),
    stageVariables: null,
    requestContext: {
      accountId: "000000000000",
      apiId: STAGE,
      authorizer: null,
      httpMethod: method,
      identity: { ...anonymous, sourceIp, userAgent: headers["user-agent"] ?? null },
      path,
      protocol: "HTTP/1.1",
      requestId,
      requestTimeEpoch: receivedAt,
      resourceId: STAGE,
      resourcePath: resource,
      stage: STAGE,
    },
    body: body.length > 0 ? body.toString("base64") : null,
    // binaryMediaTypes */*: every body comes as base64.
    isBase64Encoded: body.length > 0,
  };
}

const anonymous = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
} as const;

function orNull<Value>(entries: (readonly [string, Value])[]): Record<string, Value> | null {
  return entries.length > 0 ? Object.fromEntries(entries) : null;
}
