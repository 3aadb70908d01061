import { deviceIdSchema } from "../measurement.ts";
import type { Attributes } from "./values.ts";

/** The name that OpenTelemetry gives a service that did not say its own. */
export const UNKNOWN_SERVICE = "unknown_service";

export const serviceOf = (resource: Attributes): string =>
  firstText(resource, ["service.name"]) ?? UNKNOWN_SERVICE;

export const hostOf = (resource: Attributes): string | undefined =>
  firstText(resource, ["host.name", "host.id"]);

/** From the most exact name to the least. */
const deviceAttributes = ["service.instance.id", "host.name", "service.name"] as const;

/** The device that measured. What a device id cannot hold becomes a hyphen. */
export function deviceOf(resource: Attributes): string {
  const name = firstText(resource, deviceAttributes) ?? UNKNOWN_SERVICE;
  const id = name
    .replace(/[^A-Za-z0-9._:@-]/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 128);
  return deviceIdSchema.safeParse(id).success ? id : UNKNOWN_SERVICE;
}

function firstText(resource: Attributes, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = resource[name];
    if (typeof value === "string" && value.trim() !== "") return value;
  }
  return undefined;
}
