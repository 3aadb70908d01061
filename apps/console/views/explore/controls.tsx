import { useEffect, useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import type { ChartRange } from "../../components/chart.tsx";
import { Select } from "../../components/field.tsx";
import { MomentField } from "../../components/moment-field.tsx";
import { duration } from "../../format/times.ts";
import { intervals, type Plan } from "./plan.ts";
import { aggregations, isoTime, offeredSpans, type Question } from "./question.ts";

export interface ControlsProps {
  question: Question;
  plan: Plan;
  onChange: (changes: Partial<Question>) => void;
}

const aggregationNames: Readonly<Record<(typeof aggregations)[number], string>> = {
  avg: "Average",
  min: "Minimum",
  max: "Maximum",
  sum: "Sum",
  count: "Count",
  median: "Median",
  p95: "95th percentile",
  p99: "99th percentile",
};

export const nameOf = (aggregation: Plan["aggregation"]): string =>
  aggregation ? aggregationNames[aggregation] : "Each point";

export function Controls({ question, plan, onChange }: ControlsProps) {
  const [custom, setCustom] = useState(false);
  const { fixed, aggregation, intervalSeconds } = question;
  const isCustom = custom || fixed !== undefined;
  const asChosen = plan.aggregation === undefined ? "each point" : nameOf(plan.aggregation).toLowerCase();
  return (
    <>
      <div class="toolbar explore-toolbar">
        <fieldset class="field">
          <legend>Range</legend>
          <div class="switch explore-spans">
            {offeredSpans.map((span) => (
              <button
                key={span}
                type="button"
                aria-pressed={!isCustom && question.span === span}
                onClick={() => {
                  setCustom(false);
                  onChange({ span, fixed: undefined });
                }}
              >
                {span}
              </button>
            ))}
            <button type="button" aria-pressed={isCustom} onClick={() => setCustom(true)}>
              Custom
            </button>
          </div>
        </fieldset>
        <Select
          label="Aggregation"
          value={aggregation}
          options={[
            { value: "auto", label: `Auto (${asChosen})` },
            { value: "raw", label: "Raw: each point" },
            ...aggregations.map((value) => ({ value, label: aggregationNames[value] })),
          ]}
          onChange={(chosen) => onChange({ aggregation: chosen })}
        />
        <Select
          label="Interval"
          value={String(intervalSeconds ?? "")}
          disabled={plan.aggregation === undefined}
          options={[
            { value: "", label: plan.intervalSeconds ? `Auto (${inWords(plan.intervalSeconds)})` : "Auto" },
            ...withChosen(intervalSeconds).map((seconds) => ({
              value: String(seconds),
              label: inWords(seconds),
            })),
          ]}
          onChange={(chosen) => onChange({ intervalSeconds: chosen === "" ? undefined : Number(chosen) })}
        />
        <Select
          label="Charts"
          value={question.together ? "one" : "metric"}
          options={[
            { value: "metric", label: "By metric" },
            { value: "one", label: "All in one" },
          ]}
          onChange={(chosen) => onChange({ together: chosen === "one" })}
        />
      </div>
      {isCustom && (
        <CustomRange
          range={plan.range}
          onChange={(range) => {
            setCustom(false);
            onChange({ fixed: range });
          }}
        />
      )}
    </>
  );
}

const inWords = (seconds: number): string => duration(seconds * 1_000);

/** A link may have any width. */
const withChosen = (chosen: number | undefined): readonly number[] =>
  chosen === undefined || intervals.some((each) => each === chosen)
    ? intervals
    : [...intervals, chosen].sort((a, b) => a - b);

function CustomRange({ range, onChange }: { range: ChartRange; onChange: (range: ChartRange) => void }) {
  const written = [isoTime(range.from), isoTime(range.to)] as const;
  const [[from, to], setTyped] = useState(written);
  // Zooming changes the range; the passing of time does not change what one types.
  useEffect(() => setTyped(written), [range.to - range.from]);
  const chosen = { from: Date.parse(from), to: Date.parse(to) };
  const isRange = chosen.from < chosen.to;
  return (
    <form
      class="toolbar"
      onSubmit={(event) => {
        event.preventDefault();
        if (isRange) onChange(chosen);
      }}
    >
      <MomentField label="From" value={from} onInput={(time) => setTyped([time, to])} />
      <MomentField
        label="To"
        value={to}
        error={isRange ? undefined : "must be after the beginning"}
        onInput={(time) => setTyped([from, time])}
      />
      <Button type="submit" disabled={!isRange}>
        Show
      </Button>
    </form>
  );
}
