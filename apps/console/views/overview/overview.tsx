import { usePolling, useQuery } from "../../api/use-query.ts";
import { Page } from "../../components/page.tsx";
import { Attention } from "./attention.tsx";
import { Components } from "./components.tsx";
import { Devices, MOST_DEVICES } from "./devices.tsx";
import { Endpoints } from "./endpoints.tsx";
import { openAlerts } from "./open-alerts.ts";
import { PointsByHour } from "./points-by-hour.tsx";
import { Queues } from "./queues.tsx";
import { recentUsage } from "./recent.ts";
import { Stats } from "./stats.tsx";

const EVERY_MS = 5_000;
const SLOWLY_MS = 30_000;

/** What an on-call engineer wants to know first: is it up, is it keeping up, does something want me. */
export default function Overview() {
  const health = useQuery("detailedHealth", {}, { everyMs: EVERY_MS });
  const statistics = useQuery("totalStatistics", {}, { everyMs: EVERY_MS });
  const day = useQuery("reportUsage", {}, { everyMs: SLOWLY_MS });
  const recent = usePolling("recent usage", recentUsage, { everyMs: SLOWLY_MS });
  const alerts = usePolling("open alerts", openAlerts, { everyMs: EVERY_MS });
  const bus = useQuery("describeBus", {}, { everyMs: EVERY_MS });
  const devices = useQuery("listDevices", { query: { limit: MOST_DEVICES } }, { everyMs: SLOWLY_MS });
  return (
    <Page title="Overview" description="The platform as it is now, and the last 24 hours.">
      <div class="stack">
        <Stats {...{ health, statistics, day, recent, alerts }} />
        <div class="columns two-to-one">
          <PointsByHour statistics={statistics} />
          <Components health={health} />
        </div>
        <div class="columns">
          <Attention alerts={alerts} />
          <Queues bus={bus} />
        </div>
        <div class="columns">
          <Devices devices={devices} />
          <Endpoints day={day} />
        </div>
      </div>
    </Page>
  );
}
