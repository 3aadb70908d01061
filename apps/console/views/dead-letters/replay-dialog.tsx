import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../../api/call.ts";
import { type ApiError, asApiError } from "../../api/error.ts";
import { usePolling } from "../../api/use-query.ts";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Failure, Loaded } from "../../components/states.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { count } from "../../format/numbers.ts";
import { type Plan, type Progress, runReplay, type Selection } from "./replay.ts";

export interface ReplayDialogProps {
  selection: Selection;
  /** Of a replay that was begun, here or before the page was loaded anew: it goes on with what was dead then. */
  asOf: string | undefined;
  /** With the `as_of` of what was begun. */
  onBegun: (asOf: string) => void;
  /** Something was replayed. */
  onChanged: () => void;
  onClose: () => void;
}

interface Run {
  state: "running" | "stopped" | "done" | "failed";
  progress: Progress;
  error?: ApiError;
}

/** First what would go where; then, if it is wanted, page by page. */
export function ReplayDialog({ selection, asOf, onBegun, onChanged, onClose }: ReplayDialogProps) {
  // What is meant is settled when the dialog opens: a range up to now would go on moving.
  const [meant] = useState(selection);
  const [goesOn] = useState(asOf !== undefined);
  const [run, setRun] = useState<Run>();
  const stopped = useRef<AbortController>(undefined);
  const plan = usePolling(`plan ${JSON.stringify(meant)}`, (signal) =>
    call(
      "replayDeadLetters",
      { body: { ...meant, dry_run: true, ...(asOf !== undefined && { as_of: asOf }) } },
      { signal },
    ),
  );
  useEffect(() => () => stopped.current?.abort(), []);

  async function begin(from: Plan): Promise<void> {
    const controller = new AbortController();
    stopped.current = controller;
    const { signal } = controller;
    let progress: Progress = { replayed: 0, remaining: from.remaining };
    setRun({ state: "running", progress });
    onBegun(from.as_of);
    try {
      await runReplay(from, {
        replay: (page) => call("replayDeadLetters", { body: { ...meant, ...page } }),
        onProgress: (reached) => {
          progress = reached;
          if (!signal.aborted) setRun({ state: "running", progress });
        },
        signal,
        pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      });
      setRun({ state: progress.remaining > 0 ? "stopped" : "done", progress });
    } catch (error) {
      setRun({ state: "failed", progress, error: asApiError(error) });
    }
    onChanged();
  }

  function again(): void {
    setRun(undefined);
    plan.refresh();
  }

  const { data } = plan;
  return (
    <Dialog
      title={goesOn ? "Go on with a replay" : "Replay dead letters"}
      wide
      onClose={onClose}
      footer={
        <Actions
          {...{ run, plan: data, onClose }}
          onBegin={begin}
          onStop={() => stopped.current?.abort()}
          onAgain={again}
        />
      }
    >
      {run ? <Running run={run} /> : <Loaded query={plan}>{(found) => <Planned plan={found} />}</Loaded>}
    </Dialog>
  );
}

function Actions({
  run,
  plan,
  onBegin,
  onStop,
  onAgain,
  onClose,
}: {
  run: Run | undefined;
  plan: Plan | undefined;
  onBegin: (plan: Plan) => Promise<void>;
  onStop: () => void;
  onAgain: () => void;
  onClose: () => void;
}) {
  if (run?.state === "running") return <Button onClick={onStop}>Stop</Button>;
  if (run?.state === "done") {
    return (
      <Button kind="primary" onClick={onClose}>
        Close
      </Button>
    );
  }
  return (
    <>
      <Button onClick={onClose}>{run ? "Close" : "Cancel"}</Button>
      {run ? (
        <Button kind="primary" onClick={onAgain}>
          Go on …
        </Button>
      ) : (
        plan &&
        plan.remaining > 0 && (
          <Button kind="primary" onClick={() => void onBegin(plan)}>
            Replay {count(plan.remaining)}
          </Button>
        )
      )}
    </>
  );
}

type Group = Plan["groups"][number];

const columns: readonly Column<Group>[] = [
  { key: "count", title: "How many", align: "end", cell: ({ count: many }) => count(many) },
  {
    key: "type",
    title: "Event type",
    wide: true,
    cell: ({ type }) => type ?? <span class="muted">unknown</span>,
  },
  { key: "queue", title: "To the queue", cell: ({ queue }) => <code>{queue}</code> },
];

const groupKey = ({ queue, type }: Group): string => JSON.stringify([queue, type]);

function Planned({ plan: { remaining, groups, refused, not_dead } }: { plan: Plan }) {
  return (
    <div class="form">
      <p>
        {remaining === 0
          ? "Nothing would be replayed."
          : `This would send ${count(remaining)} back to the queue ${remaining === 1 ? "it" : "each"} failed in, the oldest first. Nothing was sent yet.`}
      </p>
      {groups.length > 0 && (
        <Table caption="What would go where" columns={columns} rows={groups} rowKey={groupKey} />
      )}
      {refused.length > 0 && (
        <div class="notice warning">
          <ul>
            {refused.map((group) => (
              <li key={groupKey(group)}>
                {count(group.count)} of {group.type ?? "unknown type"} stay dead: the queue{" "}
                <code>{group.queue}</code> no longer exists.
              </li>
            ))}
          </ul>
        </div>
      )}
      {not_dead > 0 && (
        <p class="notice">
          {count(not_dead)} of them are not dead any more: replayed or discarded meanwhile.
        </p>
      )}
      <p class="muted">
        What fails again is a dead letter again, the new attempts behind the old ones. An event that goes back
        twice counts once.
      </p>
    </div>
  );
}

const sentences: Readonly<Record<Run["state"], string>> = {
  running: "Replaying …",
  stopped: "Stopped. What was sent back stays so; go on when you like.",
  done: "Done.",
  failed: "It failed on the way. What was sent back stays so.",
};

function Running({ run: { state, progress, error } }: { run: Run }) {
  const { replayed, remaining } = progress;
  return (
    <div class="form">
      <progress aria-label="Replayed" max={Math.max(1, replayed + remaining)} value={replayed} />
      <p role="status">
        <strong>{sentences[state]}</strong> {count(replayed)} replayed
        {remaining > 0 ? `, ${count(remaining)} remain` : ""}.
      </p>
      {error && <Failure error={error} />}
    </div>
  );
}
