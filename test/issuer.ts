import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import type { TokenSettings } from "../layers/lambda/tokens.ts";

/** An issuer of tokens, with its keys behind a real HTTP server. */
export interface Issuer {
  readonly settings: TokenSettings;
  /** How often its keys were asked for. */
  readonly asked: number;
  /** Signs with a new key from now on, and publishes it; the former ones stay published or go. */
  rotate(options?: { keep?: boolean; alg?: "RS256" | "ES256" }): Promise<void>;
  /** @default a caller `alice` with the scope `read`, for five minutes from `now` */
  token(claims?: JWTPayload, options?: { header?: object; now?: number }): Promise<string>;
  /** The published keys. */
  readonly keys: readonly JWK[];
  /** What its server answers instead of the keys; `undefined` for them again. */
  answer?: { status: number; body?: string; headers?: Record<string, string> };
  close(): Promise<void>;
}

export async function startIssuer(): Promise<Issuer> {
  let keys: JWK[] = [];
  let signing: { key: CryptoKey; kid: string; alg: string } | undefined;
  let asked = 0;
  const server = createServer((_, response) => {
    asked++;
    const { status, body, headers } = issuer.answer ?? { status: 200 };
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(body ?? JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = {
    issuer: "https://id.example.com/",
    audience: "telemetry",
    jwksUrl: `${origin}/jwks.json`,
  };

  const issuer: Issuer = {
    settings,
    get asked() {
      return asked;
    },
    get keys() {
      return keys;
    },
    async rotate({ keep = true, alg = "RS256" } = {}) {
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
      const kid = `key ${keys.length} of ${alg} ${crypto.randomUUID()}`;
      keys = [...(keep ? keys : []), { ...(await exportJWK(publicKey)), kid, alg, use: "sig" }];
      signing = { key: privateKey, kid, alg };
    },
    async token(claims = {}, { header = {}, now = Date.now() } = {}) {
      if (!signing) throw new Error("expected a key to sign with");
      const seconds = Math.floor(now / 1_000);
      const given = {
        iss: settings.issuer,
        aud: settings.audience,
        sub: "alice",
        scope: "read",
        exp: seconds + 300,
      };
      const { key, kid, alg } = signing;
      return new SignJWT({ ...given, ...claims }).setProtectedHeader({ alg, kid, ...header }).sign(key);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  await issuer.rotate();
  return issuer;
}
