import { call } from "../../api/call.ts";
import { usePolling } from "../../api/use-query.ts";
import { linesOf } from "../../components/lines-field.tsx";

const MOST = 1_000;
const DEVICES = 5;

/** Names of metrics that are likely meant: those that are defined, and those that some devices report. */
export function Suggestions({ id, devices }: { id: string; devices: string }) {
  const given = linesOf(devices).slice(0, DEVICES);
  const names = usePolling(`suggestions ${given}`, (signal) => namesFor(given, signal));
  return (
    <datalist id={id}>
      {names.data?.map((name) => (
        <option key={name} value={name} />
      ))}
    </datalist>
  );
}

async function namesFor(given: readonly string[], signal: AbortSignal): Promise<string[]> {
  const defined = await call("listDefinitions", { query: { limit: MOST } }, { signal });
  const some =
    given.length > 0
      ? given
      : (await call("listDevices", { query: { limit: DEVICES } }, { signal })).devices.map(
          ({ device_id }) => device_id,
        );
  const reported = await Promise.all(
    some.map((device_id) => call("listDeviceMetrics", { params: { device_id } }, { signal }).catch(() => [])),
  );
  return [...new Set([...defined.metrics.map(({ name }) => name), ...reported.flat()])].toSorted();
}
