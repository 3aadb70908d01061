// Prometheus' text exposition format 0.0.4.

export const PROMETHEUS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export type MetricType = "counter" | "gauge" | "summary";

/** What has an empty value is left out. */
export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  /** Behind the metric's name: `_sum`. */
  suffix?: string;
  labels: Labels;
  value: number;
}

/** The lines of one metric: what it is, and a line for each sample. */
export function family(name: string, type: MetricType, help: string, samples: readonly Sample[]): string[] {
  const lines = samples.map(
    ({ suffix = "", labels, value }) => `${name}${suffix}${labelText(labels)} ${value}`,
  );
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines];
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).filter(([, value]) => value !== "");
  return pairs.length === 0
    ? ""
    : `{${pairs.map(([name, value]) => `${name}="${escaped(value)}"`).join(",")}}`;
}

const escaped = (value: string) =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
