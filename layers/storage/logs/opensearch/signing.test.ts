import { createHash, createHmac } from "node:crypto";
import { expect, it, onTestFinished } from "vitest";
import { type Heard, startClusterInTrouble } from "../../../../test/opensearch/cluster-in-trouble.ts";
import { createClient } from "./client.ts";

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret/+=", sessionToken: "token" };

async function heardOf(path: string, body?: object | string): Promise<Heard> {
  const cluster = await startClusterInTrouble({ status: 200, body: {} });
  onTestFinished(() => cluster.close());
  const client = createClient({ endpoint: cluster.url, signing: { region: "eu-central-1", credentials } });
  await client.ask({ method: "POST", path, body, doing: "asking" });
  const [heard] = cluster.heard;
  if (!heard) throw new Error("expected a request");
  return heard;
}

it.each([
  ["a search", "/logs-*/_search?allow_no_indices=true&size=1", { query: { term: { a: "é" } } }],
  ["a bulk request", "/_bulk", '{"create":{}}\n{"a":1}\n'],
  ["names that are escaped in a URL", "/a%20b,c%2Fd/_search?q=x%20y%26z&a=1", {}],
  ["no body", "/_index_template/x", undefined],
])("signs %s as AWS Signature Version 4 says, of what is on the wire", async (_, path, body) => {
  const heard = await heardOf(path, body);
  expect(heard.headers["x-amz-security-token"]).toBe("token");
  expect(heard.headers.authorization).toBe(signatureOf(heard));
});

it("signs nothing where nobody asks for it", async () => {
  const cluster = await startClusterInTrouble({ status: 200, body: {} });
  onTestFinished(() => cluster.close());
  await createClient({ endpoint: cluster.url }).ask({ method: "GET", path: "/", doing: "asking" });
  expect(cluster.heard[0]?.headers.authorization).toBeUndefined();
});

/** By "Create a signed AWS API request" (IAM User Guide), of the request as it came. */
function signatureOf({ method, path, headers, body }: Heard): string {
  const [resource = "", query = ""] = path.split("?");
  const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? "")?.[1]?.split(";") ?? [];
  const canonical = [
    method,
    resource.split("/").map(encodeStrictly).join("/"),
    query.split("&").sort().join("&"),
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    names.join(";"),
    sha256(body),
  ].join("\n");
  const time = String(headers["x-amz-date"]);
  const scope = `${time.slice(0, 8)}/eu-central-1/es/aws4_request`;
  const key = scope.split("/").reduce(hmac, Buffer.from(`AWS4${credentials.secretAccessKey}`));
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`).toString("hex");
  const credential = `${credentials.accessKeyId}/${scope}`;
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
}

/** Of what is escaped already, since every service but S3 wants the path escaped twice. */
const encodeStrictly = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
