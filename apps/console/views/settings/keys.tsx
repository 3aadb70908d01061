import { useState } from "preact/hooks";
import type { Answer } from "../../api/call.ts";
import { useMutation } from "../../api/use-mutation.ts";
import { useQuery } from "../../api/use-query.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { confirm } from "../../components/confirm.tsx";
import { Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import { credential } from "../../state/session.ts";
import { KeyDialog } from "./key-dialog.tsx";
import { NewKey } from "./new-key.tsx";

type Key = Answer<"listKeys">["keys"][number];

export function Keys() {
  const keys = useQuery("listKeys", {});
  const revocation = useMutation("revokeKey", { done: "The key is revoked" });
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<Answer<"createKey">>();

  async function revoke(key: Key): Promise<void> {
    const sure = await confirm({
      title: "Revoke this key?",
      body: (
        <p>
          Whoever uses “{key.name}” is refused within half a minute. A revoked key cannot be given back.
          {isOwn(key) && <strong> It is the key that you are signed in with.</strong>}
        </p>
      ),
      action: "Revoke key",
      danger: true,
    });
    if (sure && (await revocation.run({ params: { key_id: key.key_id } }))) keys.refresh();
  }

  return (
    <Card
      title="API keys"
      actions={
        <Button small kind="primary" onClick={() => setMaking(true)}>
          New key
        </Button>
      }
      flush
    >
      {made && <NewKey made={made} onDone={() => setMade(undefined)} />}
      <Loaded query={keys}>
        {(answer) => (
          <Table
            caption="API keys"
            columns={columns}
            rows={answer.keys}
            rowKey={({ key_id }) => key_id}
            empty="There is no key."
            actions={(key) =>
              key.revoked_at === null && (
                <Button small aria-label={`Revoke ${key.name}`} onClick={() => void revoke(key)}>
                  Revoke
                </Button>
              )
            }
          />
        )}
      </Loaded>
      {making && (
        <KeyDialog
          onClose={() => setMaking(false)}
          onDone={(key) => {
            setMaking(false);
            setMade(key);
            keys.refresh();
          }}
        />
      )}
    </Card>
  );
}

/** A key begins with its id. */
const isOwn = ({ key_id }: Key): boolean => credential.value?.startsWith(`${key_id}.`) ?? false;

const columns: readonly Column<Key>[] = [
  {
    key: "name",
    title: "Key",
    wide: true,
    cell: (key) => (
      <>
        <strong>{key.name}</strong> {isOwn(key) && <Badge tone="info">yours</Badge>}
        <div class="muted">
          <code>{key.key_id}</code>
        </div>
      </>
    ),
    sortBy: ({ name }) => name,
  },
  {
    key: "scopes",
    title: "May",
    cell: ({ scopes }) => (
      <span class="row">
        {scopes.map((scope) => (
          <Badge key={scope} tone="neutral">
            {scope}
          </Badge>
        ))}
      </span>
    ),
  },
  {
    key: "limits",
    title: "Limited to",
    minor: true,
    cell: ({ devices, types }) => (
      <div class="key-limits">
        {devices && <div>devices {devices.join(", ")}</div>}
        {types && <div>types {types.join(", ")}</div>}
        {!devices && !types && <span class="muted">–</span>}
      </div>
    ),
  },
  {
    key: "created",
    title: "Created",
    minor: true,
    cell: ({ created_at }) => <Time value={created_at} relative />,
  },
  {
    key: "state",
    title: "State",
    cell: ({ revoked_at }) =>
      revoked_at === null ? (
        <Badge tone="good">in use</Badge>
      ) : (
        <>
          <Badge tone="neutral">revoked</Badge> <Time value={revoked_at} relative />
        </>
      ),
  },
];
