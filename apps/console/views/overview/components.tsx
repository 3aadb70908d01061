import type { Answer } from "../../api/call.ts";
import type { Query } from "../../api/use-query.ts";
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Fact } from "../../components/fact.tsx";
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
              <Fact key={name} name={name.replaceAll("_", " ")}>
                {detail && <span class="muted">{detail} </span>}
                {latency_ms !== undefined && <span class="muted">{duration(latency_ms)} </span>}
                <Badge>{status}</Badge>
              </Fact>
            ))}
            {spool && spool.messages > 0 && (
              <Fact name="waiting in the spool">
                {count(spool.messages)}, {bytes(spool.bytes)}
              </Fact>
            )}
            <Fact name="up for">{duration(performance.uptime_seconds * 1_000)}</Fact>
          </dl>
        )}
      </Loaded>
    </Card>
  );
}
