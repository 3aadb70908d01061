import type { LaneName } from "./lanes.ts";
import { droppedOf, oldestSeconds, type Watched } from "./status.ts";

type Labels = Readonly<Record<string, string>>;

interface Family {
  name: string;
  type: "counter" | "gauge";
  help: string;
  samples: readonly (readonly [labels: Labels, value: number])[];
}

const laneNames = ["logs", "metrics", "events"] as const satisfies readonly LaneName[];

/** What `GET /metrics` answers: Prometheus' text format 0.0.4. */
export const prometheusText = (watched: Watched, now: number): string =>
  familiesOf(watched, now).map(familyText).join("");

function familiesOf(watched: Watched, now: number): Family[] {
  const { store, forwarders, retention, disk, sources, taken, version } = watched;
  const perLane = (value: (lane: LaneName) => number): Family["samples"] =>
    laneNames.map((lane) => [{ lane }, value(lane)] as const);
  const gauge = (name: string, help: string, samples: Family["samples"]): Family => ({
    ...{ name: `telemetry_edge_${name}`, type: "gauge", help, samples },
  });
  const counter = (name: string, help: string, samples: Family["samples"]): Family => ({
    ...{ name: `telemetry_edge_${name}_total`, type: "counter", help, samples },
  });
  const sent = (lane: LaneName) => forwarders[lane].stats;
  const buffer = (lane: LaneName) => store.buffers[lane].stats;
  return [
    gauge("info", "The agent's version.", [[{ version }, 1]]),
    gauge(
      "waiting_entries",
      "Entries on disk that the platform has not got yet.",
      perLane((l) => buffer(l).records),
    ),
    gauge(
      "buffer_bytes",
      "Bytes that the buffer takes on disk.",
      perLane((l) => buffer(l).bytes),
    ),
    gauge("buffer_max_bytes", "Bytes that logs and metrics may take together.", [[{}, store.maxBytes]]),
    gauge(
      "oldest_seconds",
      "Age of the oldest entry that waits.",
      perLane((l) => oldestSeconds(buffer(l), now)),
    ),
    gauge(
      "in_flight_batches",
      "Batches on their way.",
      perLane((l) => sent(l).inFlight),
    ),
    counter(
      "accepted_entries",
      "Entries that are or were safe on disk.",
      perLane((l) => taken[l]),
    ),
    counter(
      "sent_entries",
      "Entries that the platform has stored.",
      perLane((l) => sent(l).sent),
    ),
    counter(
      "sent_batches",
      "Batches that the platform has stored.",
      perLane((l) => sent(l).batches),
    ),
    counter(
      "failed_attempts",
      "Attempts that have to be repeated.",
      perLane((l) => sent(l).failures),
    ),
    counter(
      "rejected_entries",
      "Entries that the platform refused for good.",
      perLane((l) => sent(l).rejected),
    ),
    counter(
      "dropped_entries",
      "Entries that were dropped before they were sent.",
      laneNames.flatMap((lane) =>
        Object.entries(droppedOf(lane, retention)).map(
          ([reason, count]) => [{ lane, reason }, count] as const,
        ),
      ),
    ),
    counter(
      "collected_entries",
      "Entries that a source has brought.",
      sources.map(({ name, status }) => [{ source: name }, status.collected] as const),
    ),
    gauge(
      "disk_free_bytes",
      "Free bytes where the buffer is.",
      disk.space ? [[{}, disk.space.freeBytes]] : [],
    ),
    gauge(
      "disk_size_bytes",
      "Bytes of the file system of the buffer.",
      disk.space ? [[{}, disk.space.totalBytes]] : [],
    ),
    ...processFamilies(),
  ].filter(({ samples }) => samples.length > 0);
}

/** Under the names that Prometheus' own clients use. */
function processFamilies(): Family[] {
  const { user, system } = process.cpuUsage();
  const memory = process.memoryUsage.rss();
  return [
    { name: "process_resident_memory_bytes", type: "gauge", help: "Memory.", samples: [[{}, memory]] },
    {
      ...{ name: "process_cpu_seconds_total", type: "counter", help: "Time on a processor." },
      samples: [[{}, (user + system) / 1e6]],
    },
  ];
}

function familyText({ name, type, help, samples }: Family): string {
  const lines = samples.map(([labels, value]) => `${name}${labelText(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value.replace(/["\\\n]/g, "_")}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
