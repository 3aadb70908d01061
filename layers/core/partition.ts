import { stableHash } from "./ids.ts";

/** A device's points always travel through the same one of these. Sixteen for ever: changing it reorders. */
export const LOGICAL_PARTITIONS = 16;

export function partitionOf(deviceId: string): number {
  // The high bits too: FNV's low four bits alone depend on little more than each character's low four bits.
  const hash = stableHash(deviceId) >>> 0;
  return ((hash ^ (hash >>> 16)) >>> 0) % LOGICAL_PARTITIONS;
}

/** Two digits, as in the routing key `telemetry.data.received.07` and the attribute `partitionkey`. */
export const partitionKey = (partition: number): string => String(partition).padStart(2, "0");
