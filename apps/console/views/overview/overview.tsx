import { call } from "../../api/call.ts";
import { usePolling, useQuery } from "../../api/use-query.ts";
import { Page } from "../../components/page.tsx";
import { Attention } from "./attention.tsx";
import { Components } from "./components.tsx";
import { PointsByHour } from "./points-by-hour.tsx";
import { Queues } from "./queues.tsx";
import { Stats } from "./stats.tsx";

const EVERY_MS = 5_000;
const SLOWLY_MS = 30_000;

/** What an on-call engineer wants to know first: is it up, is it keeping up, does something want me. */
export default function Overview() {
  const health = useQuery("detailedHealth", {}, { everyMs: EVERY_MS });
  const statistics = useQuery("totalStatistics", {}, { everyMs: EVERY_MS });
  const usage = useQuery("reportUsage", {}, { everyMs: SLOWLY_MS });
  const events = usePolling("events per second", eventsPerSecond, { everyMs: SLOWLY_MS });
  const alerts = useQuery("listAlerts", { query: { status: "active", limit: 8 } }, { everyMs: EVERY_MS });
  const bus = useQuery("describeBus", {}, { everyMs: EVERY_MS });
  return (
    <Page title="Overview" description="The platform as it is now, and the last 24 hours.">
      <div class="stack">
        <Stats {...{ health, statistics, usage, events, alerts }} />
        <div class="columns two-to-one">
          <PointsByHour statistics={statistics} />
          <Components health={health} />
        </div>
        <div class="columns">
          <Attention alerts={alerts} />
          <Queues bus={bus} />
        </div>
      </div>
    </Page>
  );
}

const MINUTE_MS = 60_000;
const MINUTES = 5;

/** Over the last whole minutes: usage is counted by them. */
async function eventsPerSecond(signal: AbortSignal): Promise<number> {
  const end = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  const at = (ms: number) => new Date(ms).toISOString();
  const query = { start_time: at(end - MINUTES * MINUTE_MS), end_time: at(end) };
  const { events } = await call("reportUsage", { query }, { signal });
  return events.total / (MINUTES * 60);
}
