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
  /** Of a secret `{"username", "password"}` that is renewed: read at every connection. */
  brokerSecretArn: "RABBITMQ_SECRET_ARN",
  /** `amqps://host:5671`, without credentials. */
  brokerEndpoint: "RABBITMQ_ENDPOINT",
  /** For the broker's administrator: as Amazon MQ knows the broker. */
  brokerId: "RABBITMQ_BROKER_ID",
  /** What the names of the services' secrets begin with; the service follows. */
  brokerUserSecrets: "RABBITMQ_USER_SECRETS",
  /** JSON: the applications outside of the platform that have a user of the broker. */
  brokerApplications: "RABBITMQ_APPLICATIONS",
  /** Of a secret `{"username", "password"}` that RDS rotates: a password kept longer than that is refused. */
  databaseSecretArn: "DATABASE_SECRET_ARN",
  databaseHost: "DATABASE_HOST",
  databasePort: "DATABASE_PORT",
  databaseName: "DATABASE_NAME",
  /** PEM file with the authorities that sign RDS's certificates; Node.js does not know them by itself. */
  databaseCaFile: "DATABASE_CA_FILE",
  /** Of a secret that is the bootstrap key: the admin key that the first others are made with. */
  bootstrapKeySecretArn: "BOOTSTRAP_KEY_SECRET_ARN",
  /** S3 bucket in which messages wait while the broker is away. */
  spoolBucket: "SPOOL_BUCKET",
  /** S3 bucket with Object Lock for the heads of the audit's chain. */
  sealedBucket: "SEALED_BUCKET",
  /** The address that mail comes from: verified in SES. */
  mailFrom: "MAIL_FROM",
  /** `https://…/<stage>`: where what holds the WebSocket connections takes what is to be sent. */
  socketsEndpoint: "SOCKETS_ENDPOINT",
  /** Of a secret that says whom alarms are told: `{"slack", "pagerduty"}`. */
  pagingSecretArn: "PAGING_SECRET_ARN",
  /** Where measurements are in Timestream: the database. */
  timestreamDatabase: "TIMESTREAM_DATABASE",
  /** `postgres` or `opensearch`. */
  logs: "LOGS_BACKEND",
  /** `https://…`, where logs are in OpenSearch. */
  openSearchEndpoint: "OPENSEARCH_ENDPOINT",
} as const;
