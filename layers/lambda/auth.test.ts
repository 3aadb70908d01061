import { expect, it } from "vitest";
import { UnavailableError } from "../core/errors.ts";
import { sha256 } from "../core/ids.ts";
import type { ApiKey } from "../storage/registry/port.ts";
import { createAuthenticator } from "./auth.ts";

const token = "key_one.secret";
const key: ApiKey = {
  ...{ keyId: "key_one", name: "one", scopes: ["ingest"], hash: sha256(token), createdAt: 0 },
};
const minutes = (count: number) => count * 60_000;

/** An authenticator, its clock, and what the registry does when it is asked for the key. */
function authenticatorWith(find: () => Promise<ApiKey | undefined>) {
  const registry = { find, asked: 0 };
  const clock = { time: 1_000_000, now: () => clock.time };
  const keys = {
    find: () => {
      registry.asked++;
      return registry.find();
    },
  };
  const { authenticate } = createAuthenticator(keys, clock);
  return { registry, clock, authenticate: () => authenticate({ "x-api-key": token }) };
}

const refusing = () => Promise.reject(new UnavailableError("connection refused"));
const silent = () => new Promise<never>(() => undefined);

it("asks the registry once in half a minute, so that a revocation holds within it [NFR-008]", async () => {
  const { registry, clock, authenticate } = authenticatorWith(async () => key);
  await authenticate();
  clock.time += 29_000;
  expect((await authenticate()).keyId).toBe("key_one");
  expect(registry.asked).toBe(1);
  registry.find = async () => ({ ...key, revokedAt: 1 });
  clock.time += 2_000;
  await expect(authenticate()).rejects.toMatchObject({ status: 401 });
});

it.each([
  ["refuses", refusing],
  ["does not even answer", silent],
])(
  "lets in what was good within 15 minutes while the registry %s, and soon without asking",
  async (_, find) => {
    const { registry, clock, authenticate } = authenticatorWith(async () => key);
    await authenticate();
    registry.find = find;
    clock.time += minutes(14);
    expect((await authenticate()).keyId).toBe("key_one");
    expect(registry.asked).toBe(2);
    expect((await authenticate()).keyId).toBe("key_one");
    expect(registry.asked).toBe(2);
  },
);

it("lets nobody in whom it does not know while the registry is away, nor anybody for longer than 15 minutes", async () => {
  const { clock, registry, authenticate } = authenticatorWith(refusing);
  await expect(authenticate()).rejects.toThrow("connection refused");
  registry.find = async () => key;
  await authenticate();
  registry.find = refusing;
  clock.time += minutes(16);
  await expect(authenticate()).rejects.toThrow("connection refused");
});

it("learns of a revocation as soon as the registry answers again", async () => {
  const { registry, clock, authenticate } = authenticatorWith(async () => key);
  await authenticate();
  registry.find = refusing;
  clock.time += minutes(1);
  await authenticate();
  registry.find = async () => ({ ...key, revokedAt: 1 });
  clock.time += 6_000;
  await expect(authenticate()).rejects.toMatchObject({ status: 401 });
});
