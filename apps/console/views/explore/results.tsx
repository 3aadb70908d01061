import { useMemo, useRef } from "preact/hooks";
import { type Query, usePolling } from "../../api/use-query.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty, Failure, Loading, Stale } from "../../components/states.tsx";
import { Time } from "../../components/time.tsx";
import { count } from "../../format/numbers.ts";
import { duration } from "../../format/times.ts";
import { spans } from "../../state/spans.ts";
import { AlertList } from "./alert-list.tsx";
import { useAlerting } from "./alerting.ts";
import type { Found } from "./ask.ts";
import { Charts } from "./charts.tsx";
import { nameOf } from "./controls.tsx";
import { OtherValues } from "./other-values.tsx";
import { MOST_SERIES, type Plan } from "./plan.ts";
import type { Question } from "./question.ts";
import { inOrder, type Reading, type Series, seriesKey } from "./series.ts";
import { type SeriesRow, SeriesTable } from "./series-table.tsx";
import { Share } from "./share.tsx";
import { latestOf, type Statistics, statisticsOf } from "./statistics.ts";
import { type Tail, withTail } from "./tail.ts";
import type { Live } from "./use-live.ts";

export interface ResultsProps {
  question: Question;
  found: Query<Found>;
  live: Live;
  isLive: boolean;
  onChange: (changes: Partial<Question>) => void;
  /** Reads on where an answer was cut off. */
  onMore: () => void;
}

export function Results(props: ResultsProps) {
  const { found } = props;
  // What was there stays until the answer to the next question comes: zooming does not flicker.
  const kept = useRef<Found | undefined>(undefined);
  if (found.data) kept.current = found.data;
  const shown = kept.current;
  if (!shown || (found.error && !found.data)) {
    return <Card>{found.error ? <Failure error={found.error} retry={found.refresh} /> : <Loading />}</Card>;
  }
  return (
    <div class="stack" aria-busy={found.loading}>
      {found.stale && <Stale query={found} />}
      <Shown {...props} shown={shown} />
    </div>
  );
}

const QUIETLY_MS = 60_000;
const LIVE_MS = 15_000;

function Shown({ shown, question, live, isLive, onChange, onMore }: ResultsProps & { shown: Found }) {
  const { plan } = shown;
  const range = isLive ? { from: live.moment - spans[question.span].ms, to: live.moment } : plan.range;
  const tail = isLive ? live.tail : noTail;
  const series = useMemo(() => drawnOf(shown, tail, question), [shown, tail]);
  const drawn = useMemo(() => series.slice(0, MOST_SERIES), [series]);
  const others = useMemo(() => withoutNumbers(shown, tail), [shown, tail]);

  const key = JSON.stringify([question.devices, question.metrics, question.fixed ?? question.span]);
  const everyMs = question.fixed ? undefined : isLive ? LIVE_MS : QUIETLY_MS;
  const alerting = useAlerting(key, question, () => rangeNow(question, plan), everyMs);
  const figures = useFigures(key, question, plan, others, everyMs);
  const rows = useMemo(() => rowsOf(drawn, others, figures.data, tail), [drawn, others, figures.data, tail]);

  return (
    <>
      <Notices {...{ question, shown, series, onChange, onMore }} found={rows.length} />
      {drawn.length > 0 && (
        <Charts
          series={drawn}
          alerting={alerting.data}
          range={range}
          together={question.together}
          what={whatIs(plan)}
          isCount={plan.aggregation === "count"}
          onZoom={(zoom) => onChange({ fixed: zoom })}
        />
      )}
      {rows.length > 0 && <SeriesTable rows={rows} />}
      {others.length > 0 && <OtherValues readings={others} />}
      <AlertList alerting={alerting} />
      <Share question={question} plan={plan} />
    </>
  );
}

const noTail: Tail = new Map();

/** Sums and counts are of whole buckets: single points do not go on from them. */
function drawnOf({ plan, series }: Found, tail: Tail, question: Question): Series[] {
  const { aggregation, intervalSeconds } = plan;
  const isOfMany = aggregation === "sum" || aggregation === "count";
  const bucketMs = intervalSeconds === undefined ? undefined : intervalSeconds * 1_000;
  return inOrder((isOfMany ? series : withTail(series, tail, bucketMs)).values(), question);
}

function withoutNumbers({ others, plan }: Found, tail: Tail): readonly Reading[] {
  if (plan.aggregation !== undefined) return others;
  const since = others.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  const came = [...tail.values()].flat().filter(({ at, value }) => at > since && typeof value !== "number");
  return came.length > 0 ? [...others, ...came.sort((a, b) => a.at - b.at)] : others;
}

const rangeNow = ({ fixed, span }: Question, { range }: Plan) =>
  fixed ? range : { from: Date.now() - spans[span].ms, to: Date.now() };

interface Figures {
  statistics: Map<string, Statistics>;
  latest: Map<string, Reading>;
}

function useFigures(
  key: string,
  question: Question,
  plan: Plan,
  others: readonly Reading[],
  everyMs: number | undefined,
): Query<Figures> {
  const known = [...new Map(others.map((reading) => [seriesKey(reading), reading])).values()];
  return usePolling(
    `figures ${key} ${known.map(seriesKey).join(" ")}`,
    async (signal) => {
      const range = rangeNow(question, plan);
      const statistics = await statisticsOf(question, { ...plan, range }, signal);
      const numeric = [...statistics.keys()].map(seriesOfKey);
      const latest = await latestOf(inOrder([...numeric, ...known], question), range.from, signal);
      return { statistics, latest };
    },
    everyMs === undefined ? {} : { everyMs },
  );
}

function seriesOfKey(key: string): { deviceId: string; metricName: string } {
  const space = key.indexOf(" ");
  return { deviceId: key.slice(0, space), metricName: key.slice(space + 1) };
}

function rowsOf(
  drawn: readonly Series[],
  others: readonly Reading[],
  figures: Figures | undefined,
  tail: Tail,
): SeriesRow[] {
  const all = new Map([...others, ...drawn].map((each) => [seriesKey(each), each]));
  return [...all].map(([key, { deviceId, metricName }]) => {
    const came = tail.get(key)?.at(-1);
    const asked = figures?.latest.get(key);
    return {
      key,
      deviceId,
      metricName,
      latest: came && (!asked || came.at >= asked.at) ? came : asked,
      statistics: figures?.statistics.get(key),
    };
  });
}

const whatIs = ({ aggregation, intervalSeconds = 0 }: Plan): string =>
  aggregation ? `${nameOf(aggregation)} of ${duration(intervalSeconds * 1_000)}` : nameOf(aggregation);

interface NoticesProps {
  question: Question;
  shown: Found;
  series: readonly Series[];
  /** Of how many series there is anything. */
  found: number;
  onChange: (changes: Partial<Question>) => void;
  onMore: () => void;
}

/** What the charts do not show, and how to see it. */
function Notices({ question, shown, series, found, onChange, onMore }: NoticesProps) {
  const { plan, readUpTo, points, approximate } = shown;
  const pairs = question.devices.length * question.metrics.length;
  const raw = (
    <Button small onClick={() => onChange({ aggregation: "raw" })}>
      Show each point
    </Button>
  );
  if (found === 0) {
    return (
      <Card>
        <Empty>
          <p>
            {plan.aggregation ? "There are no numbers in this range." : "There is nothing in this range."}
          </p>
          {plan.aggregation && <p>Text, booleans and JSON are shown point by point.</p>}
          {plan.aggregation && raw}
        </Empty>
      </Card>
    );
  }
  return (
    <>
      {series.length > MOST_SERIES && (
        <div class="notice warning" role="status">
          Drawn are the first {MOST_SERIES} of {count(series.length)} series: take away devices or metrics to
          see the others.
        </div>
      )}
      {readUpTo !== undefined && (
        <div class="notice warning" role="status">
          <span>
            There is more than is shown: {count(points)} points were read, up to <Time value={readUpTo} />.
          </span>
          <span class="row">
            {plan.aggregation === undefined && (
              <Button small onClick={() => onChange({ aggregation: "avg" })}>
                Show averages
              </Button>
            )}
            <Button small onClick={onMore}>
              Load more
            </Button>
          </span>
        </div>
      )}
      {found < Math.min(pairs, MOST_SERIES) && (
        <div class="notice" role="status">
          <span>
            {count(pairs - found)} of {count(pairs)} series have {plan.aggregation ? "no numbers" : "nothing"}{" "}
            in this range.
          </span>
          {plan.aggregation && raw}
        </div>
      )}
      {approximate && (
        <div class="notice" role="status">
          The store approximates this aggregation.
        </div>
      )}
    </>
  );
}
