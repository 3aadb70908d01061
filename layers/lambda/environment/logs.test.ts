import { afterEach, expect, it, onTestFinished, vi } from "vitest";
import { startClusterInTrouble } from "../../../test/opensearch/cluster-in-trouble.ts";
import { logs } from "./logs.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

it("signs what it asks of OpenSearch by the role that Lambda gives the function [AWS-05, EDGE-09]", async () => {
  const cluster = await startClusterInTrouble({ status: 200, body: { errors: false, items: [] } });
  onTestFinished(() => cluster.close());
  vi.stubEnv("LOGS_BACKEND", "opensearch");
  vi.stubEnv("OPENSEARCH_ENDPOINT", cluster.url);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDROLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  vi.stubEnv("AWS_SESSION_TOKEN", "session");
  await (await logs()).check().catch(() => undefined);
  const [{ headers } = { headers: {} as Record<string, string> }] = cluster.heard;
  expect(headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDROLE\/\d{8}\/eu-west-1\/es\/aws4_request, SignedHeaders=[^,]*x-amz-security-token[^,]*, Signature=[0-9a-f]{64}$/,
  );
  expect(headers["x-amz-security-token"]).toBe("session");
});
