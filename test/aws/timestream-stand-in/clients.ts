import { TimestreamQueryClient } from "@aws-sdk/client-timestream-query";
import { TimestreamWriteClient } from "@aws-sdk/client-timestream-write";

/** Clients of whatever answers there. */
export function timestreamClients(endpoint: string, maxAttempts = 3) {
  const config = {
    endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "any", secretAccessKey: "any" },
    maxAttempts,
  };
  return { write: new TimestreamWriteClient(config), query: new TimestreamQueryClient(config) };
}
