// What API Gateway and Lambda allow ("Quotas for configuring and running a REST API", "Lambda quotas").

/** Lambda's limit on an invocation's payload and on its answer. */
export const LAMBDA_PAYLOAD_BYTES = 6 * 1_024 * 1_024;

/** What surrounds the body in the event: headers twice over, context, parameters. */
const EVENT_OVERHEAD_BYTES = 32 * 1_024;

/** API Gateway takes 10 MB, but the body reaches Lambda as base64, in an event of at most 6 MB. */
export const MAX_REQUEST_BYTES = Math.floor(((LAMBDA_PAYLOAD_BYTES - EVENT_OVERHEAD_BYTES) * 3) / 4);

export const INTEGRATION_TIMEOUT_MS = 29_000;

// "Quotas for configuring and running a WebSocket API".

export const MAX_SOCKET_MESSAGE_BYTES = 128 * 1_024;

export const MAX_SOCKET_MS = 2 * 3_600_000;
