import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../../api/call.ts";
import { type ApiError, asApiError } from "../../api/error.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { Page } from "../../components/page.tsx";
import { Failure } from "../../components/states.tsx";
import { count } from "../../format/numbers.ts";
import { canHash } from "./chain.ts";
import { Hash } from "./hash.tsx";
import { type Verdict, verifyAudit } from "./verify.ts";

const COMMAND = "telemetry audit verify --heads heads.ndjson";

interface Run {
  done: number;
  total: number;
  verdict?: Verdict;
  error?: ApiError;
}

/** Works out every hash anew, in this browser, against the heads that were sealed. */
export function Verify() {
  const [run, setRun] = useState<Run>();
  const current = useRef<AbortController>(undefined);
  useEffect(() => () => current.current?.abort(), []);

  async function verify(): Promise<void> {
    const controller = new AbortController();
    current.current = controller;
    const { signal } = controller;
    setRun({ done: 0, total: 0 });
    try {
      const verdict = await verifyAudit({
        page: (after) => call("listAudit", { query: { after, limit: 1_000 } }, { signal }),
        heads: (after) => call("listAuditHeads", { query: { after, limit: 100 } }, { signal }),
        report: (done, total) => setRun({ done, total }),
      });
      if (!signal.aborted) setRun((before) => ({ done: 0, total: 0, ...before, verdict }));
    } catch (cause) {
      if (signal.aborted) setRun(undefined);
      else setRun((before) => ({ done: 0, total: 0, ...before, error: asApiError(cause) }));
    }
  }

  const isRunning = run !== undefined && !run.verdict && !run.error;
  return (
    <Page
      title="Verify the audit"
      description={
        <>
          <a href="/audit">Audit</a> / verify
        </>
      }
    >
      <div class="stack">
        <Card title="In this browser">
          <div class="form">
            <p>
              Reads the whole audit, works out the hash of every entry anew, follows the chain from the first
              entry to the last, and holds it against the heads that were sealed outside the database.
            </p>
            {canHash() ? (
              <div class="row">
                {isRunning ? (
                  <Button onClick={() => current.current?.abort()}>Stop</Button>
                ) : (
                  <Button kind="primary" onClick={() => void verify()}>
                    {run ? "Verify again" : "Verify"}
                  </Button>
                )}
              </div>
            ) : (
              <p class="notice warning">Browsers hash only over https, or on the machine itself.</p>
            )}
            {isRunning && (
              <>
                <progress aria-label="Entries checked" max={Math.max(1, run.total)} value={run.done} />
                <p role="status">
                  {count(run.done)} of {count(run.total)} entries
                </p>
              </>
            )}
            {run?.error && <Failure error={run.error} />}
            {run?.verdict && <Finding verdict={run.verdict} />}
          </div>
        </Card>
        <Card title="From outside">
          <div class="form">
            <p>
              This page was served by the platform that it checks. Who does not trust it runs the same check
              from a machine of their own, against a copy of the heads that was kept elsewhere:
            </p>
            <div class="row">
              <code>{COMMAND}</code> <CopyButton iconOnly label="Copy the command" text={COMMAND} />
            </div>
          </div>
        </Card>
      </div>
    </Page>
  );
}

function Finding({ verdict: { entries, hash, sealed, fault } }: { verdict: Verdict }) {
  if (fault) {
    return (
      <div class="notice bad" role="alert">
        <span class="break">
          <strong>Position {count(fault.position)} is wrong.</strong> {fault.message}.
        </span>
      </div>
    );
  }
  return (
    <div class="verdict" role="status">
      <p>
        <strong>
          Sound: {count(entries)} {entries === 1 ? "entry" : "entries"}.
        </strong>{" "}
        {sealed > 0
          ? `Sealed up to ${count(sealed)}.`
          : "Nothing is sealed yet, so that a whole forged audit would not show."}
      </p>
      {entries > 0 && (
        <p class="muted">
          Head <Hash value={hash} />
        </p>
      )}
    </div>
  );
}
