import { useEffect, useRef, useState } from "preact/hooks";
import { asApiError } from "../../api/error.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { bytes } from "../../format/numbers.ts";
import { bodyOf } from "./ask.ts";
import { curlOf } from "./curl.ts";
import { downloadCsv, save } from "./download.ts";
import type { Plan } from "./plan.ts";
import { isoTime, pathTo, type Question } from "./question.ts";

/** The same question elsewhere: as a link, in a terminal, as a file. */
export function Share({ question, plan }: { question: Question; plan: Plan }) {
  const curl = curlOf(location.origin, bodyOf(question, plan));
  const still = pathTo({ ...question, fixed: plan.range, live: false });
  return (
    <Card
      title="This query"
      actions={
        <>
          <CopyButton label="Copy link" text={location.origin + pathTo(question)} />
          {!question.fixed && <CopyButton label="Copy link to this moment" text={location.origin + still} />}
          <CopyButton label="Copy as curl" text={curl} />
          <CsvDownload question={question} plan={plan} />
        </>
      }
    >
      <details class="explore-curl">
        <summary>As curl</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: WCAG 2.1.1, scrollable region */}
        <pre tabIndex={0}>
          <code>{curl}</code>
        </pre>
        <p class="hint">
          The key is taken from the variable <code>TELEMETRY_API_KEY</code>.
        </p>
      </details>
    </Card>
  );
}

type Progress =
  | { state: "idle" }
  | { state: "running"; bytes: number }
  | { state: "done"; bytes: number }
  | { state: "failed"; message: string };

function CsvDownload({ question, plan }: { question: Question; plan: Plan }) {
  const [progress, setProgress] = useState<Progress>({ state: "idle" });
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  async function download(): Promise<void> {
    const stopped = new AbortController();
    running.current = stopped;
    const { signal } = stopped;
    setProgress({ state: "running", bytes: 0 });
    try {
      const file = await downloadCsv(
        {
          device_ids: question.devices.join(","),
          metric_names: question.metrics.join(","),
          start_time: isoTime(plan.range.from),
          end_time: isoTime(plan.range.to + 1),
        },
        { signal, onBytes: (read) => setProgress({ state: "running", bytes: read }) },
      );
      save(file);
      setProgress({ state: "done", bytes: file.size });
    } catch (cause) {
      if (signal.aborted) setProgress({ state: "idle" });
      else setProgress({ state: "failed", message: asApiError(cause).message });
    }
  }

  return (
    <>
      <Button small kind="ghost" busy={progress.state === "running"} onClick={() => void download()}>
        Download CSV
      </Button>
      {progress.state === "running" && (
        <Button small kind="ghost" onClick={() => running.current?.abort()}>
          Cancel
        </Button>
      )}
      <span class={progress.state === "failed" ? "field-error" : "muted"} role="status">
        {inWords(progress)}
      </span>
    </>
  );
}

function inWords(progress: Progress): string {
  if (progress.state === "running") return `${bytes(progress.bytes)} …`;
  if (progress.state === "done") return `${bytes(progress.bytes)}, saved`;
  return progress.state === "failed" ? progress.message : "";
}
