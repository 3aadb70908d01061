import { expect } from "vitest";
import type { Platform } from "../platform.ts";

// What the clients sent is looked for as anybody would: by the API.

export interface FoundEntry {
  timestamp: string;
  service: string;
  level: string;
  message: string;
  correlation_id?: string;
  stack?: string;
  attributes: Record<string, unknown>;
}

export interface FoundEvent {
  event: Record<string, unknown>;
}

const patience = { timeout: 20_000 };

/** The log entries of a service, the oldest first, once there are as many. */
export async function entriesOf(platform: Platform, service: string, count: number): Promise<FoundEntry[]> {
  const path = `/api/v1/logs?${new URLSearchParams({ service })}`;
  const ask = async () => (await platform.get<{ entries: FoundEntry[] }>(path)).body.entries;
  await expect.poll(async () => (await ask()).length, patience).toBe(count);
  return (await ask()).reverse();
}

/** The archived events under a correlation id, the oldest first, once there are as many. */
export async function eventsOf(platform: Platform, correlationId: string, count: number) {
  const path = `/api/v1/events?${new URLSearchParams({ correlation_id: correlationId })}`;
  const ask = async () => (await platform.get<{ events: FoundEvent[] }>(path)).body.events;
  await expect.poll(async () => (await ask()).length, patience).toBe(count);
  return (await ask()).reverse().map(({ event }) => event);
}

/** The latest value of a device's metric, once there is one. */
export async function latestOf(platform: Platform, device: string, metric: string) {
  const path = `/api/v1/telemetry/devices/${encodeURIComponent(device)}/metrics/${encodeURIComponent(metric)}/latest`;
  await expect.poll(async () => (await platform.get(path)).status, patience).toBe(200);
  return (await platform.get<{ value: unknown; unit: string | null; tags: Record<string, string> }>(path))
    .body;
}
