import type { Answer } from "../../api/call.ts";
import type { Query } from "../../api/use-query.ts";
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Loaded } from "../../components/states.tsx";
import { bytes, count } from "../../format/numbers.ts";
import { duration } from "../../format/times.ts";

type Health = Answer<"detailedHealth">;

export function Components({ health }: { health: Query<Health> }) {
  return (
    <Card title="Components">
      <Loaded query={health}>
        {({ components, spool, performance }) => (
          <dl class="facts">
            {Object.entries(components).map(([name, { status, latency_ms, detail }]) => (
              <div key={name}>
                <dt>{name.replaceAll("_", " ")}</dt>
                <dd>
                  {detail && <span class="muted">{detail} </span>}
                  {latency_ms !== undefined && <span class="muted">{duration(latency_ms)} </span>}
                  <Badge>{status}</Badge>
                </dd>
              </div>
            ))}
            {spool && spool.messages > 0 && (
              <div>
                <dt>waiting in the spool</dt>
                <dd>
                  {count(spool.messages)}, {bytes(spool.bytes)}
                </dd>
              </div>
            )}
            <div>
              <dt>up for</dt>
              <dd>{duration(performance.uptime_seconds * 1_000)}</dd>
            </div>
          </dl>
        )}
      </Loaded>
    </Card>
  );
}
