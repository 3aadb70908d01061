import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../../core/clock.ts";
import { alertsContract } from "./contract/alerts.contract.ts";
import { auditContract } from "./contract/audit.contract.ts";
import { channelsContract } from "./contract/channels.contract.ts";
import { deadLettersContract } from "./contract/dead-letters.contract.ts";
import { definitionsContract } from "./contract/definitions.contract.ts";
import { deviceLivesContract } from "./contract/device-lives.contract.ts";
import { devicesContract } from "./contract/devices.contract.ts";
import { inboxContract } from "./contract/inbox.contract.ts";
import { inboxModelContract } from "./contract/inbox-model.contract.ts";
import { inboxWindowContract } from "./contract/inbox-window.contract.ts";
import { keysContract } from "./contract/keys.contract.ts";
import { notificationsContract } from "./contract/notifications.contract.ts";
import { outboxContract } from "./contract/outbox.contract.ts";
import { rulesContract } from "./contract/rules.contract.ts";
import { subscriptionsContract } from "./contract/subscriptions.contract.ts";
import { usageContract } from "./contract/usage.contract.ts";
import type { Registry } from "./port.ts";

/** A store of its own for the suite, brought up to date. */
export interface RegistryBackend {
  /** One more instance on the store, as another process would have it. The suite closes it. */
  open(clock: Clock): Registry;
  /** Forgets everything. */
  clear(): Promise<void>;
  discard(): Promise<void>;
}

/** What the suite's parts open their instances with: the system's clock unless they bring one. */
export type OpenRegistry = (clock?: Clock) => Registry;

/** What every backend of the registry must do. */
export function registryContract(start: () => Promise<RegistryBackend>): void {
  let backend: RegistryBackend;
  let opened: Registry[] = [];

  beforeAll(async () => {
    backend = await start();
  });
  beforeEach(() => backend.clear());
  afterEach(async () => {
    await Promise.all(opened.map((registry) => registry.close()));
    opened = [];
  });
  afterAll(() => backend.discard());

  const open: OpenRegistry = (clock = systemClock) => {
    const registry = backend.open(clock);
    opened.push(registry);
    return registry;
  };

  describe("keys", () => keysContract(open));
  describe("devices", () => devicesContract(open));
  describe("device lives", () => deviceLivesContract(open));
  describe("usage", () => usageContract(open));
  describe("inbox", () => inboxContract(open));
  describe("inbox over time", () => inboxWindowContract(open));
  describe("inbox against a model", () => inboxModelContract(open));
  describe("outbox", () => outboxContract(open));
  describe("dead letters", () => deadLettersContract(open));
  describe("audit", () => auditContract(open));
  describe("definitions", () => definitionsContract(open));
  describe("rules", () => rulesContract(open));
  describe("alerts", () => alertsContract(open));
  describe("channels", () => channelsContract(open));
  describe("notifications", () => notificationsContract(open));
  describe("subscriptions", () => subscriptionsContract(open));

  it("says that it can answer, and can be closed more than once", async () => {
    const registry = open();
    await expect(registry.check()).resolves.toBeUndefined();
    await registry.close();
    await registry.close();
  });
}
