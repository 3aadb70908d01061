import type { Micros } from "../../../core/time.ts";

export interface Device {
  deviceId: string;
  /** Neither of the two if it was registered and never reported. */
  firstSeen?: Micros;
  /** Exact to a minute: it may lag behind by as much, so that most batches write nothing. */
  lastSeen?: Micros;
  name?: string;
  type?: string;
  /** Sorted. */
  groups: readonly string[];
}

/** What another service says of a device. What is left out stays as it was; no groups at all are `[]`. */
export interface DeviceDescription {
  deviceId: string;
  name?: string;
  type?: string;
  groups?: readonly string[];
}

export interface DeviceFilter {
  /** Part of the id or the name, in whatever case. */
  search?: string;
  type?: string;
  group?: string;
  limit: number;
  offset: number;
}

export interface Devices {
  /**
   * Moves `lastSeen` forward, never back; registers a device at its first point. Cheap enough for every batch:
   * what was seen within the minute is only read.
   */
  seen(devices: readonly { deviceId: string; at: Micros }[]): Promise<void>;
  /** Of two descriptions the one of the later event stays. A device that was deleted at that time or later stays deleted. */
  describe(description: DeviceDescription, at: Micros): Promise<void>;
  find(deviceId: string): Promise<Device | undefined>;
  /** By id. `count` is of all that the filter lets through. */
  list(filter: DeviceFilter): Promise<{ devices: Device[]; count: number }>;
  /** By type, the most frequent first: how many there are, and of them how many were seen since. */
  counts(since: Micros): Promise<{ type?: string; devices: number; active: number }[]>;
}
