import { useEffect, useRef, useState } from "preact/hooks";
import type { StreamPoint } from "../../api/stream.ts";
import { useStream } from "../../api/use-stream.ts";
import type { Question } from "./question.ts";
import type { Reading } from "./series.ts";
import { type Tail, withReadings } from "./tail.ts";

export interface Live {
  tail: Tail;
  state: ReturnType<typeof useStream>["state"];
  detail: string | undefined;
}

const EVERY_MS = 1_000;

/**
 * What the socket brings of the question's devices and metrics, as long as it is wanted. Whenever the socket opens,
 * `onOpen` asks the API for what was missed.
 */
export function useLive(question: Question, spanMs: number, wanted: boolean, onOpen: () => void): Live {
  const { devices, metrics } = question;
  const [tail, setTail] = useState<Tail>(new Map());
  const filter = wanted
    ? { device_ids: [...devices], metric_names: [...metrics], max_frequency: EVERY_MS }
    : null;
  const { state, detail } = useStream(filter, (points) =>
    setTail((before) => withReadings(before, points.map(readingOf), Date.now() - spanMs)),
  );

  const opened = useRef(onOpen);
  opened.current = onOpen;
  useEffect(() => {
    if (state === "live") opened.current();
  }, [state]);
  useEffect(() => setTail(new Map()), [JSON.stringify(filter)]);

  return { tail, state, detail };
}

const readingOf = ({ device_id, metric_name, timestamp, value, unit, tags }: StreamPoint): Reading => ({
  deviceId: device_id,
  metricName: metric_name,
  at: Date.parse(timestamp),
  value,
  unit: unit ?? undefined,
  tags: tags ?? undefined,
});

/** Moves on by the second while it runs; else it stands. */
export function useSecond(runs: boolean): number {
  const [moment, setMoment] = useState(Date.now);
  useEffect(() => {
    if (!runs) return;
    setMoment(Date.now());
    const timer = setInterval(() => setMoment(Date.now()), EVERY_MS);
    return () => clearInterval(timer);
  }, [runs]);
  return moment;
}
