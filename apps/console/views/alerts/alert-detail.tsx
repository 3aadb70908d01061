import { useState } from "preact/hooks";
import { useQuery } from "../../api/use-query.ts";
import { Badge } from "../../components/badge.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Fact } from "../../components/fact.tsx";
import { Page } from "../../components/page.tsx";
import { Loaded } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { count, number } from "../../format/numbers.ts";
import { duration } from "../../format/times.ts";
import { now } from "../../state/now.ts";
import { type Alert, isOpen } from "./alert.ts";
import { AlertHistory } from "./alert-history.tsx";
import { AroundTheMoment } from "./around-the-moment.tsx";
import { type Deed, DeedDialog } from "./deed-dialog.tsx";
import { RuleOfAlert } from "./rule-of-alert.tsx";
import { SilenceDialog } from "./silence-dialog.tsx";
import { ToldTo } from "./told-to.tsx";

const EVERY_MS = 4_000;

/** All that is known of one alert, and what can be done about it. */
export function AlertDetail({ alertId }: { alertId: string }) {
  const alert = useQuery("showAlert", { params: { alert_id: alertId } }, { everyMs: EVERY_MS });
  const [deed, setDeed] = useState<Deed>();
  const [silenced, setSilenced] = useState<"device" | "rule">();
  const known = alert.data;
  return (
    <Page
      title={known?.rule_name ?? "Alert"}
      description={known?.message}
      actions={
        <>
          <ButtonLink href="/alerts" kind="ghost">
            All alerts
          </ButtonLink>
          {known && <Button onClick={() => setSilenced("device")}>Silence device</Button>}
          {known && <Button onClick={() => setSilenced("rule")}>Silence rule</Button>}
          {known?.status === "active" && (
            <Button kind="primary" onClick={() => setDeed("acknowledge")}>
              Acknowledge
            </Button>
          )}
          {known && isOpen(known) && <Button onClick={() => setDeed("resolve")}>Resolve</Button>}
        </>
      }
    >
      <Loaded query={alert}>{(data) => <Parts alert={data} />}</Loaded>
      {known && deed && (
        <DeedDialog
          deed={deed}
          alerts={[known]}
          onClose={() => setDeed(undefined)}
          onDone={() => {
            setDeed(undefined);
            alert.refresh();
          }}
        />
      )}
      {known && silenced && (
        <SilenceDialog
          first={silenced === "device" ? { devices: [known.device_id] } : { rules: [known.rule_id] }}
          onClose={() => setSilenced(undefined)}
        />
      )}
    </Page>
  );
}

function Parts({ alert }: { alert: Alert }) {
  return (
    <div class="stack">
      <AroundTheMoment alert={alert} />
      <div class="columns">
        <Facts alert={alert} />
        <AlertHistory alert={alert} />
      </div>
      <div class="columns">
        <RuleOfAlert ruleId={alert.rule_id} />
        <ToldTo key={alert.status} alert={alert} />
      </div>
    </div>
  );
}

function Facts({ alert }: { alert: Alert }) {
  const ended = alert.resolved_at === null ? now.value : Date.parse(alert.resolved_at);
  return (
    <Card title="Facts">
      <dl class="facts">
        <Fact name="status">
          <Badge>{alert.status}</Badge> <Badge>{alert.level}</Badge>{" "}
          {alert.silenced && <Badge tone="neutral">silenced</Badge>}
        </Fact>
        <Fact name="device">
          <a href={`/settings/devices/${encodeURIComponent(alert.device_id)}`}>{alert.device_id}</a>
        </Fact>
        <Fact name="metric">
          <code>{alert.metric_name}</code>
        </Fact>
        <Fact name={alert.kind === "no_data" ? "last value" : "value"}>
          {alert.current_value === null ? "–" : number(alert.current_value)}{" "}
          <span class="muted">
            {alert.kind === "no_data"
              ? "no data since"
              : `bad if ${alert.condition} ${number(alert.threshold_value)}`}
          </span>
        </Fact>
        <Fact name="breaches">
          {count(alert.breaches)}{" "}
          <span class="muted">
            last at <Time value={alert.last_breach_at} />
          </span>
        </Fact>
        <Fact name={isOpen(alert) ? "open for" : "was open for"}>
          {duration(Math.max(0, ended - Date.parse(alert.triggered_at)))}
        </Fact>
        <Fact name="id">
          <code>{alert.alert_id}</code>
        </Fact>
      </dl>
    </Card>
  );
}
