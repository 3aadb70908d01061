import { useState } from "preact/hooks";
import type { Answer } from "../../api/call.ts";
import { useMutation } from "../../api/use-mutation.ts";
import { useQuery } from "../../api/use-query.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { confirm } from "../../components/confirm.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { toast } from "../../components/toast.tsx";
import { go } from "../../state/location.ts";
import { ChannelDialog } from "./channel-dialog.tsx";
import { Deliveries } from "./deliveries.tsx";
import type { TabProps } from "./settings.tsx";

type Channel = Answer<"listChannels">["channels"][number];

export function Channels({ name }: TabProps) {
  const channels = useQuery("listChannels", {});
  const removal = useMutation("removeChannel", { done: "The channel is gone" });
  const [edited, setEdited] = useState<Channel | "new">();
  const [secret, setSecret] = useState<{ name: string; secret: string }>();

  async function remove(channel: Channel): Promise<void> {
    const sure = await confirm({
      title: "Remove this channel?",
      body: <p>“{channel.name}” is told of nothing any more, and what waits for it is not sent.</p>,
      action: "Remove channel",
      danger: true,
    });
    if (!sure || !(await removal.run({ params: { name: channel.name } }))) return;
    channels.refresh();
    if (name === channel.name) go("/settings/channels");
  }

  return (
    <div class="stack">
      <Card
        title="Channels"
        actions={
          <Button small kind="primary" onClick={() => setEdited("new")}>
            New channel
          </Button>
        }
        flush
      >
        {secret && <Secret {...secret} onDone={() => setSecret(undefined)} />}
        <Loaded query={channels}>
          {(answer) => (
            <Table
              caption="Channels"
              columns={columns}
              rows={answer.channels}
              rowKey={(channel) => channel.name}
              isSelected={(channel) => channel.name === name}
              empty="There is no channel: nobody is told of alerts and errors."
              actions={(channel) => (
                <div class="row end nowrap">
                  <TestButton channel={channel} />
                  <Button small aria-label={`Edit ${channel.name}`} onClick={() => setEdited(channel)}>
                    Edit
                  </Button>
                  <Button small aria-label={`Remove ${channel.name}`} onClick={() => void remove(channel)}>
                    Remove
                  </Button>
                </div>
              )}
            />
          )}
        </Loaded>
      </Card>
      {name !== undefined && <Deliveries key={name} channel={name} />}
      {edited && (
        <ChannelDialog
          {...(edited !== "new" && { channel: edited })}
          onClose={() => setEdited(undefined)}
          onDone={(saved) => {
            setEdited(undefined);
            if (saved.secret !== undefined) setSecret({ name: saved.name, secret: saved.secret });
            channels.refresh();
          }}
        />
      )}
    </div>
  );
}

/** Sends one message, and says what the other side said. */
function TestButton({ channel: { name } }: { channel: Channel }) {
  const test = useMutation("testChannel");
  return (
    <Button
      small
      aria-label={`Test ${name}`}
      busy={test.pending}
      onClick={async () => {
        const answer = await test.run({ params: { name } });
        if (!answer) return;
        const failed = `${name}: not delivered: ${answer.detail}${answer.may_pass_later ? " (it may pass later)" : ""}`;
        toast(answer.delivered ? `${name}: delivered` : failed, answer.delivered ? "good" : "bad");
      }}
    >
      Test
    </Button>
  );
}

function Secret({ name, secret, onDone }: { name: string; secret: string; onDone: () => void }) {
  return (
    <section class="new-key" aria-label="The channel's secret">
      <p>
        <strong>Copy the secret of “{name}” now: it is shown this once.</strong> What is sent is signed with
        it.
      </p>
      <div class="row">
        <code class="new-key-text">{secret}</code>
        <CopyButton text={secret} label="Copy secret" />
        <Button small onClick={onDone}>
          I have it
        </Button>
      </div>
    </section>
  );
}

const columns: readonly Column<Channel>[] = [
  {
    key: "name",
    title: "Channel",
    wide: true,
    cell: ({ name, kind, address }) => (
      <>
        <a href={`/settings/channels/${encodeURIComponent(name)}`}>
          <strong>{name}</strong>
        </a>
        <div class="muted channel-address">
          {kind} · {address}
        </div>
      </>
    ),
    sortBy: ({ name }) => name,
  },
  {
    key: "from",
    title: "From",
    minor: true,
    cell: ({ minimum_severity }) => <Badge>{minimum_severity}</Badge>,
  },
  {
    key: "events",
    title: "Events",
    minor: true,
    cell: ({ events }) => <code class="channel-events">{events.join(", ")}</code>,
  },
  {
    key: "ceiling",
    title: "Per minute",
    align: "end",
    minor: true,
    cell: ({ max_per_minute }) => max_per_minute,
  },
  {
    key: "state",
    title: "State",
    cell: ({ enabled }) => (enabled ? <Badge tone="good">on</Badge> : <Badge tone="neutral">off</Badge>),
  },
];
