import { useEffect, useRef, useState } from "preact/hooks";
import { openStream, type StreamFilter, type StreamPoint, type StreamState } from "./stream.ts";

/** Calls `onPoints` with what comes while the component is there. `null` as the filter listens to nothing. */
export function useStream(
  filter: StreamFilter | null,
  onPoints: (points: readonly StreamPoint[]) => void,
): { state: StreamState | "off"; detail: string | undefined } {
  const [status, setStatus] = useState<{ state: StreamState | "off"; detail?: string }>({ state: "off" });
  const latest = useRef(onPoints);
  latest.current = onPoints;
  const key = filter ? JSON.stringify(filter) : null;

  useEffect(() => {
    if (key === null) return setStatus({ state: "off" });
    return openStream({
      filter: JSON.parse(key) as StreamFilter,
      onPoints: (points) => latest.current(points),
      onState: (state, detail) => setStatus({ state, ...(detail !== undefined && { detail }) }),
    });
  }, [key]);

  return { state: status.state, detail: status.detail };
}
