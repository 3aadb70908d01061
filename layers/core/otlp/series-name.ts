import { type Attributes, textOf } from "./values.ts";

/**
 * The metric's name and its attributes, sorted, as one name: `http.requests{route="/a"}`. An attribute's name becomes
 * a label's as Prometheus makes it ("OTLP Metric points to Prometheus"): what a label cannot hold is an underscore,
 * and the values of two that become one label are joined by a semicolon.
 */
export function seriesName(metric: string, attributes: Attributes): string {
  const labels = new Map<string, string>();
  for (const key of Object.keys(attributes).sort()) {
    const name = labelName(key);
    const value = textOf(attributes[key]);
    const known = labels.get(name);
    labels.set(name, known === undefined ? value : `${known};${value}`);
  }
  if (labels.size === 0) return metric;
  const sorted = [...labels].sort(([a], [b]) => (a < b ? -1 : 1));
  return `${metric}{${sorted.map(([name, value]) => `${name}="${escaped(value)}"`).join(",")}}`;
}

function labelName(key: string): string {
  const name = key.replace(/[^A-Za-z0-9_]/g, "_");
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

/** A name is one line. */
const escaped = (value: string): string =>
  value
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
    .replace(/[\u0000-\u001f]/g, " ")
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"');
