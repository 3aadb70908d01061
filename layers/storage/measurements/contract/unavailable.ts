import { expect } from "vitest";
import { UnavailableError } from "../../../core/errors.ts";
import type { Measurements } from "../port.ts";
import { HOUR, MIDNIGHT, pointOf } from "./samples.ts";

/** Asks a store that cannot answer for everything there is, and closes it. */
export async function expectUnavailable(nobody: Measurements): Promise<void> {
  const query = { metrics: ["temperature"], from: 0, to: MIDNIGHT, limit: 1 };
  const asked = [
    nobody.write([pointOf({})]),
    nobody.points(query),
    nobody.buckets({ ...query, aggregation: "avg", interval: HOUR }),
    nobody.latest({ deviceId: "d", metricName: "m", since: 0 }),
    nobody.metricNames("d"),
    nobody.statistics.device("d", 0),
    nobody.statistics.total(0),
    nobody.erase("d", MIDNIGHT, 1),
    nobody.maintain(MIDNIGHT),
    nobody.check(),
  ];
  const ended = await Promise.allSettled(asked);
  for (const end of ended) expect(end).toMatchObject({ reason: expect.any(UnavailableError) });
  await nobody.close();
}
