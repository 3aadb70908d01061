import { useEffect, useRef, useState } from "preact/hooks";
import type { StreamPoint } from "../../api/stream.ts";
import { useStream } from "../../api/use-stream.ts";
import type { Question } from "./question.ts";
import type { Reading } from "./series.ts";
import { type Tail, withReadings } from "./tail.ts";

export interface Live {
  tail: Tail;
  /** The right edge of what is seen: now, to the second. */
  moment: number;
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
  const [seen, setSeen] = useState<Seen>(atFirst);
  const filter = wanted
    ? { device_ids: [...devices], metric_names: [...metrics], max_frequency: EVERY_MS }
    : null;
  const { state, detail } = useStream(filter, (points) =>
    setSeen(({ tail }) => {
      const moment = Date.now();
      return { tail: withReadings(tail, points.map(readingOf), moment - spanMs), moment };
    }),
  );

  // The window moves on by itself only where nothing comes: once a second is all that is drawn.
  useEffect(() => {
    setSeen(atFirst);
    if (!wanted) return;
    const timer = setInterval(
      () => setSeen((before) => (isOld(before) ? { ...before, moment: Date.now() } : before)),
      EVERY_MS,
    );
    return () => clearInterval(timer);
  }, [JSON.stringify(filter)]);

  const opened = useRef(onOpen);
  opened.current = onOpen;
  useEffect(() => {
    if (state === "live") opened.current();
  }, [state]);

  return { ...seen, state, detail };
}

type Seen = Pick<Live, "tail" | "moment">;

const atFirst = (): Seen => ({ tail: new Map(), moment: Date.now() });

const isOld = ({ moment }: Seen): boolean => Date.now() - moment >= 0.9 * EVERY_MS;

const readingOf = ({ device_id, metric_name, timestamp, value, unit, tags }: StreamPoint): Reading => ({
  deviceId: device_id,
  metricName: metric_name,
  at: Date.parse(timestamp),
  value,
  unit: unit ?? undefined,
  tags: tags ?? undefined,
});
