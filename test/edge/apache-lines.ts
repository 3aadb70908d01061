import { existsSync, readFileSync } from "node:fs";

/** Elastic's example of an Apache access log, which lies beside the checkout where there is one; else lines like its. */
const published = new URL("../../../shared/data/logs/elastic/apache_logs", import.meta.url);

export function apacheLines(): string[] {
  if (!existsSync(published)) return Array.from({ length: 10_000 }, (_, i) => madeUp(i));
  return readFileSync(published, "utf8")
    .split("\n")
    .filter((line) => line !== "");
}

const madeUp = (i: number): string =>
  `83.149.${i % 251}.${i % 241} - - [17/May/2015:10:05:${String(i % 60).padStart(2, "0")} +0000] ` +
  `"GET /presentations/${i}/images/kibana-search.png HTTP/1.1" 200 ${1_000 + i} "-" "Mozilla/5.0"`;
