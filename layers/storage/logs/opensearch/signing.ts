import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";

export interface SigningOptions {
  /** `eu-central-1` */
  region: string;
  /** Keys, or what provides them as they change: `defaultProvider()` of @aws-sdk/credential-provider-node. */
  credentials: ConstructorParameters<typeof SignatureV4>[0]["credentials"];
}

export type Sign = (method: string, url: URL, body: string) => Promise<Record<string, string>>;

/** What Amazon OpenSearch Service is called in signatures. */
const SERVICE = "es";

/** @returns the headers that a request needs besides, by AWS Signature Version 4 */
export function signerOf({ region, credentials }: SigningOptions): Sign {
  const signer = new SignatureV4({ service: SERVICE, region, credentials, sha256: Sha256 });
  return async (method, url, body) => {
    const { headers } = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host },
      body,
    });
    const { host: _host, ...signed } = headers; // fetch writes it itself
    return signed;
  };
}
