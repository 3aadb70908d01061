import * as z from "zod";
import { deviceIdSchema } from "../../layers/core/measurement.ts";
import { page } from "../../layers/lambda/listing.ts";
import { operation } from "../../layers/lambda/operation.ts";

const tag = "Devices";

const device = z.object({
  device_id: z.string(),
  name: z.string().nullable(),
  device_type: z.string().nullable(),
  groups: z.array(z.string()),
  first_seen: z.string().nullable().describe("Null if it was registered and never reported"),
  last_seen: z.string().nullable().describe("Exact to a minute"),
});

const example = {
  device_id: "device_001",
  name: "Boiler room",
  device_type: "sensor",
  groups: ["plant1"],
  first_seen: "2025-12-01T00:00:00Z",
  last_seen: "2025-12-18T10:00:00Z",
};

const text = z.string().min(1).max(256);

export const operations = {
  listDevices: operation({
    summary: "List the devices that were registered or have reported",
    tag,
    query: z.strictObject({
      search: text.optional().describe("Part of the id or the name, in whatever case"),
      device_type: text.optional(),
      group: text.optional(),
      ...page,
    }),
    responses: {
      200: {
        description: "Sorted by id",
        schema: z.object({
          devices: z.array(device),
          count: z.int().describe("Of all that the filters let through"),
          limit: z.int(),
          offset: z.int(),
        }),
        example: { devices: [example], count: 1, limit: 100, offset: 0 },
      },
    },
  }),
  showDevice: operation({
    summary: "One device",
    tag,
    params: z.strictObject({ device_id: deviceIdSchema }),
    responses: {
      200: { description: "The device", schema: device, example },
      404: { description: "It was neither registered nor has it reported, or it was deleted" },
    },
  }),
};
