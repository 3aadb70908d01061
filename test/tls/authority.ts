import "reflect-metadata";
import { webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** A certificate with its private key, in PEM. */
export interface Certificate {
  certificate: string;
  key: string;
}

export interface Authority {
  /** What whoever trusts it is given. */
  certificate: string;
  /** @param names of hosts, or addresses */
  issue(names: readonly string[]): Promise<Certificate>;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const HOUR_MS = 3_600_000;

/** An authority of a test's own, that nobody else trusts. */
export async function createAuthority(name: string): Promise<Authority> {
  const keys = await generateKeys();
  const subject = `CN=${name}`;
  const root = await X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: subject,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return {
    certificate: root.toString("pem"),
    async issue(names) {
      const own = await generateKeys();
      const issued = await X509CertificateGenerator.create({
        ...validity(),
        subject: `CN=${names[0]}`,
        issuer: subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: ALGORITHM,
        extensions: [
          new SubjectAlternativeNameExtension(
            names.map((value) => ({ type: /^[\d.]+$/.test(value) ? "ip" : "dns", value })),
          ),
        ],
      });
      const key = await webcrypto.subtle.exportKey("pkcs8", own.privateKey);
      return { certificate: issued.toString("pem"), key: PemConverter.encode(key, "PRIVATE KEY") };
    },
  };
}

const generateKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);

const validity = () => ({
  serialNumber: Date.now().toString(16),
  notBefore: new Date(Date.now() - HOUR_MS),
  notAfter: new Date(Date.now() + HOUR_MS),
});
