import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { base64url, type CryptoKey, exportSPKI, importJWK, type JWK, SignJWT } from "jose";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Issuer, startIssuer } from "../../test/issuer.ts";
import { UnavailableError } from "../core/errors.ts";
import { openTokens, type Tokens } from "./tokens.ts";

const MINUTE = 60_000;
const clock = { time: 0, now: () => clock.time };

let issuer: Issuer;
let tokens: Tokens;

beforeEach(async () => {
  clock.time = Date.now();
  issuer = await startIssuer();
  tokens = openTokens(issuer.settings, clock);
});

afterEach(async () => {
  await issuer.close();
});

const sign = (claims?: object, header?: object) => issuer.token({ ...claims }, { header, now: clock.time });
const seconds = (offset: number) => Math.floor(clock.time / 1_000) + offset;
const refused = { status: 401, code: "invalid_token" };

it.each(["RS256", "ES256"] as const)("accepts what the issuer signed with %s [NFR-008]", async (alg) => {
  await issuer.rotate({ alg });
  const caller = await tokens.verify(await sign({ sub: "bob", scope: "read openid operate" }));
  expect(caller).toEqual({ keyId: "bob", scopes: new Set(["read", "operate"]) });
});

it("takes what the caller is limited to from the claims", async () => {
  const limits = { telemetry_devices: ["plant1-*"], telemetry_types: [] };
  expect(await tokens.verify(await sign(limits))).toMatchObject({ devices: ["plant1-*"], types: [] });
  await expect(tokens.verify(await sign({ telemetry_devices: "plant1-*" }))).rejects.toMatchObject(refused);
});

it("gives no rights to whoever has none", async () => {
  expect((await tokens.verify(await sign({ scope: undefined }))).scopes).toEqual(new Set());
});

it.each([
  ["another issuer", { iss: "https://evil.example.com/" }],
  ["the same issuer without its slash", { iss: "https://id.example.com" }],
  ["no issuer", { iss: undefined }],
  ["another audience", { aud: "another" }],
  ["no audience", { aud: undefined }],
  ["no subject", { sub: undefined }],
  ["a subject like a key's id", { sub: "key_bootstrap" }],
  ["a subject with a line break", { sub: "alice\nadmin" }],
  ["no end", { exp: undefined }],
])("refuses a token of %s [NFR-008]", async (_, claims) => {
  await expect(tokens.verify(await sign(claims))).rejects.toMatchObject(refused);
});

it("lets clocks disagree by a minute and no more", async () => {
  await tokens.verify(await sign({ exp: seconds(-50), nbf: seconds(-300) }));
  await tokens.verify(await sign({ nbf: seconds(50) }));
  await expect(tokens.verify(await sign({ exp: seconds(-70) }))).rejects.toMatchObject(refused);
  await expect(tokens.verify(await sign({ nbf: seconds(70) }))).rejects.toMatchObject(refused);
});

it("accepts one of several audiences", async () => {
  await tokens.verify(await sign({ aud: ["another", "telemetry"] }));
});

const claims = () => ({
  iss: issuer.settings.issuer,
  aud: "telemetry",
  sub: "mallory",
  scope: "admin",
  exp: seconds(300),
});
const published = (): JWK => issuer.keys[0] ?? { kty: "none" };
const encoded = (part: object) => base64url.encode(JSON.stringify(part));

it("refuses a token that nobody signed [NFR-008]", async () => {
  for (const alg of ["none", "None", "NONE"]) {
    const token = `${encoded({ alg, kid: published().kid })}.${encoded(claims())}.`;
    await expect(tokens.verify(token)).rejects.toMatchObject(refused);
  }
});

it("refuses HS256 with the public key as its secret, in every form that key has [NFR-008]", async () => {
  const spki = await exportSPKI((await importJWK(published(), "RS256")) as CryptoKey);
  for (const secret of [spki, spki.trim(), JSON.stringify(published()), published().n ?? ""]) {
    const signing = new SignJWT(claims()).setProtectedHeader({ alg: "HS256", kid: published().kid });
    const token = await signing.sign(new TextEncoder().encode(secret));
    await expect(tokens.verify(token)).rejects.toMatchObject(refused);
  }
});

it("never reads the keys that a token brings along or points to [NFR-008]", async () => {
  let visits = 0;
  const trap = createServer((_, response) => response.end(String(++visits)));
  await new Promise<void>((resolve) => trap.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/keys`;
  const stranger = await startIssuer();
  const jwk = stranger.keys[0];
  for (const header of [{ jwk }, { jku: url }, { x5u: url }, { jwk, jku: url, kid: published().kid }]) {
    const token = await stranger.token(claims(), { header, now: clock.time });
    await expect(tokens.verify(token)).rejects.toMatchObject(refused);
  }
  expect(visits).toBe(0);
  await stranger.close();
  await new Promise((resolve) => trap.close(resolve));
});

it("refuses a token whose content or signature was changed [NFR-008]", async () => {
  const [header, , signature] = (await sign()).split(".");
  await expect(tokens.verify(`${header}.${encoded(claims())}.${signature}`)).rejects.toMatchObject(refused);
  await expect(tokens.verify(`${header}.${encoded(claims())}.`)).rejects.toMatchObject(refused);
});

it("asks for the keys once for many requests, and again after five minutes", async () => {
  const token = await sign({ exp: seconds(3_600) });
  await Promise.all(Array.from({ length: 20 }, () => tokens.verify(token)));
  clock.time += 4 * MINUTE;
  await tokens.verify(token);
  expect(issuer.asked).toBe(1);
  clock.time += 2 * MINUTE;
  await tokens.verify(token);
  expect(issuer.asked).toBe(2);
});

it("accepts a key that was published since, and no longer one that was withdrawn", async () => {
  const before = await sign({ exp: seconds(3_600) });
  await tokens.verify(before);
  await issuer.rotate({ keep: false });
  clock.time += MINUTE;
  await tokens.verify(await sign());
  await expect(tokens.verify(before)).rejects.toMatchObject(refused);
});

it("asks no more than twice a minute, whatever keys tokens claim to be signed with", async () => {
  await tokens.verify(await sign());
  clock.time += MINUTE;
  for (let i = 0; i < 10; i++) {
    await expect(tokens.verify(await sign({}, { kid: `made-up-${i}` }))).rejects.toMatchObject(refused);
  }
  expect(issuer.asked).toBe(2);
});

it.each([
  ["fails", { status: 500 }],
  ["answers nonsense", { status: 200, body: "<html>" }],
  ["answers without keys", { status: 200, body: "{}" }],
  ["leads elsewhere", { status: 302, headers: { location: "http://127.0.0.1:1/" } }],
  ["answers without an end in sight", { status: 200, body: " ".repeat(600 * 1_024) }],
])("believes the keys that it knows for an hour while the issuer %s [NFR-008]", async (_, answer) => {
  const lasting = await sign({ exp: seconds(2 * 3_600) });
  await tokens.verify(lasting);
  issuer.answer = answer;
  clock.time += 55 * MINUTE;
  expect((await tokens.verify(lasting)).keyId).toBe("alice");
  await issuer.rotate();
  const unknown = await sign({ exp: seconds(2 * 3_600) });
  await expect(tokens.verify(unknown)).rejects.toBeInstanceOf(UnavailableError);
  clock.time += 10 * MINUTE;
  await expect(tokens.verify(lasting)).rejects.toBeInstanceOf(UnavailableError);
  issuer.answer = undefined;
  clock.time += MINUTE;
  expect((await tokens.verify(unknown)).keyId).toBe("alice");
});

it("says that it cannot tell, not that the token is wrong, while it never got the keys", async () => {
  const token = await sign();
  await issuer.close();
  await expect(tokens.verify(token)).rejects.toBeInstanceOf(UnavailableError);
  issuer = await startIssuer();
});
