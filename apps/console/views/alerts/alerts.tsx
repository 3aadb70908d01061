import { Page } from "../../components/page.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { go } from "../../state/location.ts";
import type { ViewProps } from "../../views.ts";
import { AlertDetail } from "./alert-detail.tsx";
import { AlertList } from "./alert-list.tsx";
import { Silences } from "./silences.tsx";

const tabs = [
  { id: "alerts", title: "Alerts" },
  { id: "silences", title: "Silences" },
] as const;

/** What wants somebody, what is being done about it, and what nobody is told of for a while. */
export default function Alerts({ rest: [first] }: ViewProps) {
  if (first !== undefined && first !== "silences") return <AlertDetail key={first} alertId={first} />;
  const tab = first ?? "alerts";
  return (
    <Page title="Alerts" description="Raised by rules, per device. The newest first.">
      <Tabs
        label="Alerts and silences"
        tabs={tabs}
        value={tab as (typeof tabs)[number]["id"]}
        onChange={(id) => go(id === "alerts" ? "/alerts" : "/alerts/silences")}
      >
        {tab === "alerts" ? <AlertList /> : <Silences />}
      </Tabs>
    </Page>
  );
}
