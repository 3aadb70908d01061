import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import type { Platform } from "./platform.ts";

/** An event of another service about a device, now unless told otherwise. */
export const deviceEvent = (type: string, deviceId: string, data: object = {}, time = new Date()) =>
  changeOf(type, { device_id: deviceId, ...data }, time);

export const changeOf = (type: string, data: object, time = new Date()) => ({
  specversion: "1.0",
  id: randomUUID(),
  source: "/registry",
  type,
  time: time.toISOString(),
  datacontenttype: "application/json",
  data,
});

/** As that service would, by a key that may. */
export async function publishChange(platform: Platform, events: readonly object[]): Promise<void> {
  const given = { name: "registry", scopes: ["ingest", "internal"] };
  const { body } = await platform.post<{ api_key: string }>("/api/v1/keys", given);
  const headers = { "content-type": "application/cloudevents-batch+json" };
  const answer = await platform.post("/api/v1/events", events, { headers, key: body.api_key });
  expect(answer.status).toBeLessThan(300);
}
