import { expect, it } from "vitest";
import { readSettings } from "./settings.ts";

const jwt = {
  TELEMETRY_JWT_ISSUER: "https://id.example.com/",
  TELEMETRY_JWT_AUDIENCE: "telemetry",
  TELEMETRY_JWKS_URL: "https://id.example.com/jwks.json",
};

it("accepts nobody's tokens unless told whose", () => {
  expect(readSettings({}).jwt).toBeUndefined();
  expect(readSettings(jwt).jwt).toEqual({
    issuer: jwt.TELEMETRY_JWT_ISSUER,
    audience: jwt.TELEMETRY_JWT_AUDIENCE,
    jwksUrl: jwt.TELEMETRY_JWKS_URL,
  });
});

it.each(Object.keys(jwt))("names %s if it alone is missing", (name) => {
  expect(() => readSettings({ ...jwt, [name]: "" })).toThrow(name);
});

it("takes an issuer's keys from this machine or over TLS", () => {
  const from = (TELEMETRY_JWKS_URL: string) => readSettings({ ...jwt, TELEMETRY_JWKS_URL }).jwt?.jwksUrl;
  expect(from("http://127.0.0.1:9000/jwks.json")).toBe("http://127.0.0.1:9000/jwks.json");
  for (const url of [
    "http://id.example.com/jwks.json",
    "file:///etc/passwd",
    "http://127.0.0.1.example.com/",
    "no",
  ]) {
    expect(() => from(url)).toThrow("TELEMETRY_JWKS_URL");
  }
});
