import * as z from "zod";
import { operation } from "../../layers/lambda/operation.ts";

export const operations = {
  listDevices: operation({
    summary: "List the devices that have reported",
    tag: "Devices",
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
      offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
    }),
    responses: {
      200: {
        description: "Sorted by id; `last_seen` is exact to a minute",
        schema: z.object({
          devices: z.array(
            z.object({ device_id: z.string(), first_seen: z.string(), last_seen: z.string() }),
          ),
          count: z.int().describe("Of all devices"),
          limit: z.int(),
          offset: z.int(),
        }),
        example: {
          devices: [
            {
              device_id: "device_001",
              first_seen: "2025-12-01T00:00:00Z",
              last_seen: "2025-12-18T10:00:00Z",
            },
          ],
          count: 1,
          limit: 100,
          offset: 0,
        },
      },
    },
  }),
};
