import { expect, it } from "vitest";
import { RefusedError } from "../../../core/errors.ts";
import { sha256 } from "../../../core/ids.ts";
import type { OpenRegistry } from "../port.contract.ts";
import type { ApiKey } from "../port.ts";

const keyOf = (keyId: string, given: Partial<ApiKey> = {}): ApiKey => ({
  keyId,
  name: `${keyId}'s name`,
  scopes: ["ingest", "read"],
  hash: sha256(keyId),
  createdAt: 1_783_425_600_123_456,
  ...given,
});

export function keysContract(open: OpenRegistry): void {
  it("finds a key as it was created", async () => {
    const { keys } = open();
    await keys.create(keyOf("key_a"));
    expect(await keys.find("key_a")).toEqual(keyOf("key_a"));
    expect(await keys.find("key_b")).toBeUndefined();
  });

  it("keeps what a key is limited to, and tells no limit from none allowed", async () => {
    const { keys } = open();
    const limited = keyOf("key_a", { devices: ["plant1-*", 'a"b'], types: [] });
    await keys.create(limited);
    expect(await keys.find("key_a")).toEqual(limited);
    expect(await keys.list()).toEqual([limited]);
    await keys.replace(keyOf("key_a"));
    expect(await keys.find("key_a")).toEqual(keyOf("key_a"));
  });

  it("lets the same key be created again, and changes nothing then", async () => {
    const { keys } = open();
    await keys.create(keyOf("key_a"));
    await keys.revoke("key_a", 5);
    await keys.create(keyOf("key_a", { name: "another", scopes: ["admin"] }));
    expect(await keys.find("key_a")).toEqual(keyOf("key_a", { revokedAt: 5 }));
  });

  it("refuses a key whose id exists with another secret", async () => {
    const { keys } = open();
    await keys.create(keyOf("key_a"));
    const creating = keys.create(keyOf("key_a", { hash: sha256("another") }));
    await expect(creating).rejects.toThrow(RefusedError);
    await expect(creating).rejects.toMatchObject({ status: 409 });
    expect(await keys.find("key_a")).toEqual(keyOf("key_a"));
  });

  it("puts a key in the place of the one with its id, revoked or not", async () => {
    const { keys } = open();
    await keys.replace(keyOf("key_a"));
    await keys.revoke("key_a", 5);
    const another = keyOf("key_a", {
      hash: sha256("another"),
      name: "another",
      scopes: ["admin"],
      createdAt: 7,
    });
    await keys.replace(another);
    expect(await keys.find("key_a")).toEqual(another);
    expect(await keys.list()).toHaveLength(1);
  });

  it("lists keys, the newest first", async () => {
    const { keys } = open();
    await keys.create(keyOf("key_b", { createdAt: 2 }));
    await keys.create(keyOf("key_c", { createdAt: 3 }));
    await keys.create(keyOf("key_a", { createdAt: 1 }));
    expect((await keys.list()).map(({ keyId }) => keyId)).toEqual(["key_c", "key_b", "key_a"]);
  });

  it("revokes a key once, and keeps the moment", async () => {
    const { keys } = open();
    await keys.create(keyOf("key_a"));
    expect(await keys.revoke("key_a", 10)).toBe(true);
    expect(await keys.revoke("key_a", 20)).toBe(false);
    expect(await keys.revoke("key_b", 20)).toBe(false);
    expect((await keys.find("key_a"))?.revokedAt).toBe(10);
  });
}
