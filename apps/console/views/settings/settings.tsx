import type { ComponentType } from "preact";
import { Page } from "../../components/page.tsx";
import { Empty } from "../../components/states.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { go } from "../../state/location.ts";
import type { ViewProps } from "../../views.ts";
import { Channels } from "./channels.tsx";
import { Definitions } from "./definitions.tsx";
import { Devices } from "./devices.tsx";
import { Keys } from "./keys.tsx";
import { Usage } from "./usage.tsx";

export interface TabProps {
  /** What follows the tab's own path. */
  name: string | undefined;
}

interface Tab {
  id: string;
  title: string;
  Content: ComponentType<TabProps>;
}

const tabs: readonly Tab[] = [
  { id: "definitions", title: "Metrics", Content: Definitions },
  { id: "keys", title: "API keys", Content: Keys },
  { id: "channels", title: "Channels", Content: Channels },
  { id: "devices", title: "Devices", Content: Devices },
  { id: "usage", title: "Usage", Content: Usage },
];

/** What is set up once and looked at seldom. What a credential may not see, its tab says. */
export default function Settings({ rest: [first = "definitions", name] }: ViewProps) {
  const tab = tabs.find(({ id }) => id === first);
  return (
    <Page title="Settings">
      <Tabs label="Settings" tabs={tabs} value={tab?.id ?? ""} onChange={(id) => go(`/settings/${id}`)}>
        {tab ? <tab.Content key={tab.id} name={name} /> : <Empty>There is nothing at this address.</Empty>}
      </Tabs>
    </Page>
  );
}
