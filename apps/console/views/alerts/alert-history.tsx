import { Card } from "../../components/card.tsx";
import { Time } from "../../components/time.tsx";
import { eventHref } from "../links.ts";
import { type Alert, eventOf } from "./alert.ts";

type What = "triggered" | "acknowledged" | "resolved";

interface Step {
  what: What;
  at: string | null;
  by?: string | null;
  note?: string | null;
}

/** What became of it, who did it, and the event of each step that was on the bus. */
export function AlertHistory({ alert }: { alert: Alert }) {
  return (
    <Card title="History">
      <ol class="history">
        {stepsOf(alert).map(({ what, at, by, note }) => (
          <li key={what} class={`history-${what}`}>
            <div class="row">
              <strong>{titles[what]}</strong>
              <Time value={at} />
              <a href={eventHref(eventOf(alert.alert_id, what))}>event</a>
            </div>
            {by && <div class="muted">{by === "auto" ? "by itself" : `by ${by}`}</div>}
            {note && <blockquote>{note}</blockquote>}
          </li>
        ))}
      </ol>
    </Card>
  );
}

const titles: Readonly<Record<What, string>> = {
  triggered: "Triggered",
  acknowledged: "Acknowledged",
  resolved: "Resolved",
};

const stepsOf = (alert: Alert): Step[] => {
  const steps: Step[] = [
    { what: "triggered", at: alert.triggered_at },
    {
      what: "acknowledged",
      at: alert.acknowledged_at,
      by: alert.acknowledged_by,
      note: alert.acknowledgement_note,
    },
    { what: "resolved", at: alert.resolved_at, by: alert.resolved_by, note: alert.resolution_note },
  ];
  return steps.filter(({ at }) => at !== null);
};
