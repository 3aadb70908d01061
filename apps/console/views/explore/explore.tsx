import { useState } from "preact/hooks";
import { usePolling } from "../../api/use-query.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Page } from "../../components/page.tsx";
import { Empty } from "../../components/states.tsx";
import { type GoOptions, go, query } from "../../state/location.ts";
import { spans } from "../../state/spans.ts";
import { ask } from "./ask.ts";
import { Controls } from "./controls.tsx";
import { LiveStatus } from "./live-status.tsx";
import { DevicePicker, MetricPicker, useMetrics } from "./pickers.tsx";
import { type Plan, planOf } from "./plan.ts";
import { pathTo, type Question, readQuestion, zoomedOut } from "./question.ts";
import { Results } from "./results.tsx";
import { useLive } from "./use-live.ts";

/** Pages of 10,000 points that are read before one is asked whether to go on. */
const PAGES = 5;

/** Measurements over time: which, of whom, how long, and how summed up is all in the address. */
export default function Explore() {
  const question = readQuestion(query.value);
  const [pages, setPages] = useState(PAGES);
  const asks = question.devices.length > 0 && question.metrics.length > 0;
  const isLive = asks && question.live && !question.fixed;
  const planNow = () => planOf(question, Date.now(), chartWidth());
  const plan = planNow();
  const everyMs = everyMsOf(question, plan);

  const key = asks ? `${keyOf(question)} ${pages}` : "";
  const found = usePolling(key, (signal) => ask(question, planNow(), pages, signal), {
    ...(everyMs !== undefined && { everyMs }),
  });
  const live = useLive(question, spans[question.span].ms, isLive, found.refresh);

  function change(changes: Partial<Question>, options?: GoOptions): void {
    setPages(PAGES);
    go(pathTo({ ...question, ...changes }), options);
  }

  return (
    <Page
      title="Explore"
      description="Measurements over time."
      actions={
        <>
          {asks && question.live && <LiveStatus live={live} isPaused={question.fixed !== undefined} />}
          {question.fixed && (
            <>
              <Button small onClick={() => change({ fixed: zoomedOut(plan.range, Date.now()) })}>
                Zoom out
              </Button>
              <Button small onClick={() => change({ fixed: undefined })}>
                Last {question.span}
              </Button>
            </>
          )}
          <Button small aria-pressed={question.live} onClick={() => change({ live: !question.live })}>
            Live
          </Button>
          {asks && (
            <Button small busy={found.loading} onClick={found.refresh}>
              Refresh
            </Button>
          )}
        </>
      }
    >
      <div class="stack">
        <Card class="explore-query">
          <div class="stack">
            <div class="columns">
              <DevicePicker
                chosen={question.devices}
                onChange={(devices) => change({ devices }, { replace: true })}
              />
              <MetricPicker
                devices={question.devices}
                chosen={question.metrics}
                onChange={(metrics) => change({ metrics }, { replace: true })}
              />
            </div>
            <Controls question={question} plan={plan} onChange={change} />
          </div>
        </Card>
        {asks ? (
          <Results
            {...{ question, found, live, isLive }}
            key={JSON.stringify([question.devices, question.metrics])}
            onChange={change}
            onMore={() => setPages(pages + PAGES)}
          />
        ) : (
          <Start
            question={question}
            onMetric={(metric) => change({ metrics: [metric] }, { replace: true })}
          />
        )}
      </div>
    </Page>
  );
}

const keyOf = ({ devices, metrics, span, fixed, aggregation, intervalSeconds, live }: Question): string =>
  JSON.stringify([devices, metrics, span, fixed, aggregation, intervalSeconds, live]);

const SLOWLY_MS = 60_000;
const LIVE_POINTS_MS = 30_000;
const LIVE_BUCKETS_MS = 5_000;

/** A range that ends now is asked for again. The socket brings what is new; answers bring what it left out. */
function everyMsOf({ fixed, live }: Question, { aggregation }: Plan): number | undefined {
  if (fixed) return undefined;
  if (!live) return SLOWLY_MS;
  return aggregation === undefined ? LIVE_POINTS_MS : LIVE_BUCKETS_MS;
}

const BESIDE_CHARTS = 260;

const chartWidth = (): number => Math.max(320, Math.min(innerWidth, 1_600) - BESIDE_CHARTS);

const OFFERED = 24;

/** Before enough is chosen. */
function Start({ question, onMetric }: { question: Question; onMetric: (metric: string) => void }) {
  const metrics = useMetrics(question.metrics.length === 0 ? question.devices : []);
  if (question.devices.length === 0)
    return (
      <Card>
        <Empty>Choose devices, then metrics: each pair is a line.</Empty>
      </Card>
    );
  return (
    <Card title="Metrics of these devices">
      {metrics.data?.length === 0 && <Empty>They have sent nothing yet.</Empty>}
      <div class="row">
        {metrics.data?.slice(0, OFFERED).map((metric) => (
          <Button key={metric} small onClick={() => onMetric(metric)}>
            <bdi>{metric}</bdi>
          </Button>
        ))}
      </div>
    </Card>
  );
}
