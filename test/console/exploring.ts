import type { Page } from "playwright-core";
import type { Answer, Platform } from "../platform.ts";

// What tests of Explore say again and again.

export interface Sent {
  timestamp: string;
  metric_name: string;
  value: unknown;
  unit?: string;
  tags?: Record<string, string>;
}

export const sendTo = (platform: Platform, device: string, points: readonly Sent[]): Promise<Answer> =>
  platform.post(`/api/v1/telemetry/devices/${device}/telemetry/batch`, { data_points: points });

/** Of a table, in the page. */
interface Row {
  cells: Iterable<{ textContent: string }>;
}

/** What a chart holds, as it is told to whoever does not see it: name, points, last, least, most. */
export async function linesOf(page: Page, chart: string): Promise<string[][]> {
  const table = page.locator("figure > table").filter({ hasText: chart });
  await table.first().waitFor({ state: "attached" });
  return table
    .first()
    .locator("tbody tr")
    .evaluateAll((rows) =>
      (rows as unknown as Row[]).map(({ cells }) => Array.from(cells, ({ textContent }) => textContent)),
    );
}
