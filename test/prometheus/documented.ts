import { readFileSync } from "node:fs";

const article = readFileSync(new URL("../../docs/prometheus.md", import.meta.url), "utf8");

/** The configuration that the article gives, and the rules. */
export function documentedYaml(): { config: string; rules: string } {
  const [config, rules] = [...article.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block]) => block);
  if (!config || !rules) throw new Error("docs/prometheus.md: expected a configuration, then rules");
  return { config, rules };
}

/** The names in the article's table of metrics. */
export const documentedMetrics = (): string[] =>
  [...article.matchAll(/^\| `(telemetry_\w+)` \|/gm)].map(([, name]) => name ?? "");
