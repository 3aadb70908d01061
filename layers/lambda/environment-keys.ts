/**
 * The environment of a function on Lambda: CDK writes these variables by what the function's row in the manifest
 * needs, the function's environment reads them. Secrets never stand here, only where Secrets Manager keeps them.
 */
export const environmentKeys = {
  /** `dev`, `staging` or `prod`. */
  environment: "TELEMETRY_ENVIRONMENT",
  /** The function's name in the manifest, as Powertools' logger, metrics and tracer call it. */
  service: "POWERTOOLS_SERVICE_NAME",
  logLevel: "LOG_LEVEL",
  /** Over how many queues the logical partitions are spread: the topology's `partitions`. */
  partitions: "PARTITIONS",
  /** `iss`, `aud` and the keys of the tokens that are accepted; none of the three where none are. */
  jwtIssuer: "JWT_ISSUER",
  jwtAudience: "JWT_AUDIENCE",
  jwksUrl: "JWKS_URL",
  /** Of a secret `{"username", "password"}`. */
  brokerSecretArn: "RABBITMQ_SECRET_ARN",
  /** `amqps://host:5671`, without credentials. */
  brokerEndpoint: "RABBITMQ_ENDPOINT",
  /** Of a secret `{"username", "password"}` that RDS rotates: a password kept longer than that is refused. */
  databaseSecretArn: "DATABASE_SECRET_ARN",
  databaseHost: "DATABASE_HOST",
  databasePort: "DATABASE_PORT",
  databaseName: "DATABASE_NAME",
  /** PEM file with the authorities that sign RDS's certificates; Node.js does not know them by itself. */
  databaseCaFile: "DATABASE_CA_FILE",
  /** S3 bucket in which messages wait while the broker is away. */
  spoolBucket: "SPOOL_BUCKET",
  /** S3 bucket with Object Lock for the heads of the audit's chain. */
  sealedBucket: "SEALED_BUCKET",
  /** The address that mail comes from: verified in SES. */
  mailFrom: "MAIL_FROM",
  /** `https://…/<stage>`: where what holds the WebSocket connections takes what is to be sent. */
  socketsEndpoint: "SOCKETS_ENDPOINT",
  /** Where measurements are in Timestream: the database. */
  timestreamDatabase: "TIMESTREAM_DATABASE",
  /** `postgres` or `opensearch`. */
  logs: "LOGS_BACKEND",
  /** `https://…`, where logs are in OpenSearch. */
  openSearchEndpoint: "OPENSEARCH_ENDPOINT",
} as const;
