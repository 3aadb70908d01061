import { expect, it } from "vitest";
import { sha256 } from "../../../core/ids.ts";
import { MICROS_PER_SECOND } from "../../../core/time.ts";
import type { OpenRegistry } from "../port.contract.ts";
import { isDead, type Registry } from "../port.ts";

const SECOND = MICROS_PER_SECOND;
const NOON = 1_783_425_600_000_000;

const registered = (registry: Registry, second: number) =>
  registry.deviceLives.registered("d1", NOON + second * SECOND);

const deleted = (registry: Registry, second: number) => {
  const at = NOON + second * SECOND;
  const tell = () => {
    throw new Error("there was no alert to tell of");
  };
  return registry.deviceLives.deleted("d1", at, at, { deed: { by: "auto", at }, tell });
};

/** Whether a point accepted then would be dropped. */
async function dropped(registry: Registry, second: number): Promise<boolean> {
  const { lives } = await registry.deviceLives.changedSince(0);
  return lives.some((life) => isDead(life, NOON + second * SECOND));
}

export function deviceLivesContract(open: OpenRegistry): void {
  it("drops the points of a deleted device until it registers again [FR-020]", async () => {
    const registry = open();
    await registered(registry, 1);
    expect(await dropped(registry, 2)).toBe(false);
    expect(await deleted(registry, 3)).toBe(true);
    expect([await dropped(registry, 2), await dropped(registry, 9)]).toEqual([true, true]);
    expect(await registered(registry, 5)).toBe(true);
    expect([await dropped(registry, 2), await dropped(registry, 9)]).toEqual([true, false]);
  });

  it("lets a registration that comes late bring nothing back [FR-020]", async () => {
    const registry = open();
    await deleted(registry, 3);
    expect(await registered(registry, 1)).toBe(false);
    await registry.devices.describe({ deviceId: "d1", name: "late" }, NOON + SECOND);
    await registry.devices.seen([{ deviceId: "d1", at: NOON + 4 * SECOND }]);
    expect(await dropped(registry, 9)).toBe(true);
    expect(await registry.devices.find("d1")).toBeUndefined();
  });

  it("takes a deletion that comes late for what was before [FR-020]", async () => {
    const registry = open();
    await registered(registry, 5);
    expect(await deleted(registry, 3)).toBe(false);
    expect([await dropped(registry, 2), await dropped(registry, 9)]).toEqual([true, false]);
    const [erasure] = await registry.deviceLives.erasing(NOON + 60 * SECOND, 10);
    expect(erasure?.before).toBe(NOON + 3 * SECOND);
  });

  it("remembers what is to be erased until it is, and a later deletion anew [FR-020]", async () => {
    const registry = open();
    await deleted(registry, 3);
    const [first] = await registry.deviceLives.erasing(NOON + 60 * SECOND, 10);
    expect(first).toMatchObject({ deviceId: "d1", before: NOON + 60 * SECOND });
    await deleted(registry, 8);
    if (first) await registry.deviceLives.erased(first);
    const [second] = await registry.deviceLives.erasing(NOON + 60 * SECOND, 10);
    expect(second?.deletedAt).toBe(NOON + 8 * SECOND);
    if (second) await registry.deviceLives.erased(second);
    await deleted(registry, 8);
    expect(await registry.deviceLives.erasing(NOON + 60 * SECOND, 10)).toEqual([]);
  });

  it("tells who asks again only what changed since [FR-020]", async () => {
    const registry = open();
    await deleted(registry, 3);
    const { serial } = await registry.deviceLives.changedSince(0);
    expect((await registry.deviceLives.changedSince(serial)).lives).toEqual([]);
    await registered(registry, 5);
    const { lives } = await registry.deviceLives.changedSince(serial);
    expect(lives.map(({ registeredAt }) => registeredAt)).toEqual([NOON + 5 * SECOND]);
  });

  it("revokes the keys that a user made or is named after, and no others [FR-020]", async () => {
    const { keys } = open();
    const key = (keyId: string, name: string, createdBy?: string) =>
      keys.create({ keyId, name, createdBy, scopes: [], hash: sha256(keyId), createdAt: NOON });
    await key("key_made", "made", "user-1");
    await key("key_named", "user-1");
    await key("key_other", "other", "user-2");
    expect((await keys.revokeOf("user-1", NOON + SECOND)).sort()).toEqual(["key_made", "key_named"]);
    const inForce = (await keys.list()).filter(({ revokedAt }) => revokedAt === undefined);
    expect(inForce.map(({ keyId }) => keyId)).toEqual(["key_other"]);
  });
}
