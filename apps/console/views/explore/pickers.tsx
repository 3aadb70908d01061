import { useMemo, useState } from "preact/hooks";
import { call } from "../../api/call.ts";
import { type Query, usePolling, useQuery } from "../../api/use-query.ts";
import { type Choice, MultiSelect } from "../../components/multi-select.tsx";
import { count } from "../../format/numbers.ts";
import { relativeTo } from "../../format/times.ts";
import { useDebounced } from "../../state/use-debounced.ts";

interface PickerProps {
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
}

const OFFERED = 50;
const DEVICE_ID = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}$/;

/** Searched for by the API: there may be hundreds of thousands. */
export function DevicePicker({ chosen, onChange }: PickerProps) {
  const [text, setText] = useState("");
  const search = useDebounced(text.trim());
  const query = { limit: OFFERED, ...(search && { search }) };
  const found = useQuery("listDevices", { query });
  const choices = useMemo(
    () =>
      found.data?.devices.map(({ device_id, name, last_seen }) => ({
        value: device_id,
        hint: [name, last_seen && relativeTo(new Date(last_seen), Date.now())].filter(Boolean).join(" · "),
      })) ?? [],
    [found.data],
  );
  return (
    <MultiSelect
      {...{ chosen, onChange, text, choices }}
      label="Devices"
      placeholder="Search devices by id or name"
      onText={setText}
      status={statusOf(found, "devices", found.data && { shown: choices.length, of: found.data.count })}
      accepts={(typed) => DEVICE_ID.test(typed) && !isWhole(choices, found.data?.count)}
    />
  );
}

const ASKED_DEVICES = 20;
const METRIC_NAME = /^[A-Za-z_][A-Za-z0-9._:/-]{0,127}(\{.*\})?$/;

/** What the chosen devices have sent, ever. */
export function MetricPicker({ devices, chosen, onChange }: PickerProps & { devices: readonly string[] }) {
  const [text, setText] = useState("");
  const found = useMetrics(devices);
  const typed = useDebounced(text.trim().toLowerCase(), 50);
  const matching = useMemo(
    () => (found.data ?? []).filter((name) => name.toLowerCase().includes(typed)),
    [found.data, typed],
  );
  const choices = useMemo<Choice[]>(() => matching.slice(0, OFFERED).map((value) => ({ value })), [matching]);
  return (
    <MultiSelect
      {...{ chosen, onChange, text, choices }}
      label="Metrics"
      placeholder={devices.length > 0 ? "Search the devices' metrics" : "Choose a device first"}
      onText={setText}
      status={
        devices.length === 0
          ? "The metrics of the chosen devices are offered here."
          : statusOf(found, "metrics", found.data && { shown: choices.length, of: matching.length })
      }
      accepts={(name) => METRIC_NAME.test(name) && !isWhole(choices, found.data && matching.length)}
    />
  );
}

/** The names of the devices' metrics, sorted. Of many devices the first few are asked: they are mostly alike. */
export function useMetrics(devices: readonly string[]): Query<string[]> {
  const asked = devices.slice(0, ASKED_DEVICES);
  return usePolling(asked.length > 0 ? `metrics ${asked.join(" ")}` : "", async (signal) => {
    const lists = await Promise.all(
      asked.map((device_id) => call("listDeviceMetrics", { params: { device_id } }, { signal })),
    );
    return [...new Set(lists.flat())].sort();
  });
}

/** All that match are offered, and some do: what is typed is part of one of them. */
const isWhole = (choices: readonly Choice[], matching: number | undefined): boolean =>
  choices.length > 0 && choices.length === matching;

function statusOf(
  { error, data }: Query<unknown>,
  what: string,
  found: { shown: number; of: number } | undefined,
): string {
  if (error && data === undefined) return `${error.message}. An id can be typed whole.`;
  if (!found) return "Searching …";
  if (found.of === 0) return `No ${what} match.`;
  const narrow = found.shown < found.of ? ": type to narrow them down" : "";
  return `${count(found.shown)} of ${count(found.of)} ${what}${narrow}`;
}
