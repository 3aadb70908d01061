import { type EnvironmentSettings, environments } from "../../lib/environments.ts";
import { assumptions } from "./assumptions.ts";
import { limits } from "./limits.ts";
import { type Cost, costsOfPoints, fixedCosts, sum, usdPerMillion } from "./monthly.ts";
import { PRICES_OF, type Price, prices } from "./prices.ts";

const rates = [1_000, 10_000, 100_000];

const count = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const usd = (value: number) => (value < 10 ? value.toFixed(2) : count.format(value));
const rate = (value: number) => `${count.format(value)}/s`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const fixedTable = (settings: EnvironmentSettings): string =>
  table(
    ["part", "what", "USD a month"],
    [
      ...fixedCosts(settings).map(({ part, of, usd: cost }) => [part, of, usd(cost)]),
      ["**all**", "", `**${usd(sum(fixedCosts(settings)))}**`],
    ],
  );

function pointsTable(settings: EnvironmentSettings): string {
  const byRate = rates.map((points) => costsOfPoints(settings, points));
  const row = (label: string, of: (costs: Cost[], i: number) => number) => [
    label,
    ...byRate.map((costs, i) => usd(of(costs, i))),
  ];
  const [parts = []] = byRate;
  return table(
    ["USD a month", ...rates.map(rate)],
    [
      ...parts.map(({ part, of }, i) => row(`${part}: ${of}`, (costs) => costs[i]?.usd ?? 0)),
      row("**all of it**", sum),
      row("**a million points**", (costs, i) => usdPerMillion(costs, rates[i] ?? 1)),
    ],
  );
}

const limitsTable = (): string =>
  table(
    ["part", ...rates.map(rate), "ends at", "said by", "then"],
    limits.map(({ part, takes, ends, said, remedy }) => [
      part,
      ...rates.map((points) => {
        const taken = takes(points);
        return taken > ends ? `**${count.format(taken)}**` : count.format(taken);
      }),
      count.format(ends),
      said,
      remedy,
    ]),
  );

const priceTable = (): string =>
  table(
    ["USD", "per", "page"],
    Object.values<Price>(prices).map(({ usd: price, unit, page, reported }) => [
      `${price}${reported ? " *" : ""}`,
      unit,
      page,
    ]),
  );

const measuredIn = (settings: EnvironmentSettings): string =>
  settings.measurements === "timestream" ? "Timestream" : "PostgreSQL";

/** docs/costs.md, whole. */
export function costsDocument(): string {
  const [dev, ...others] = environments;
  if (!dev) throw new Error("expected environments");
  const postgres = [dev, ...others].find(({ measurements }) => measurements === "postgres") ?? dev;
  const prod = others.at(-1) ?? dev;
  return `# What it costs, and how far it scales

Written by \`npm run costs\` from \`lib/environments.ts\`, \`scripts/costs/prices.ts\` and \`scripts/costs/assumptions.ts\`; a test holds this page against them. **These are estimates.** The prices are of ${PRICES_OF}, US East (N. Virginia), on demand, in USD; AWS's pages could not be read when the table was made, so each price is to be checked on the page that stands beside it before anybody relies on it. Nothing here was compared with a bill.

## While nothing is sent

${environments.map((settings) => `### ${settings.name}\n\n${fixedTable(settings)}`).join("\n\n")}

Not counted: data transfer, alarms and dashboards, the web application firewall, CloudFront, S3's requests, mail.

## What points add

Steady streams in requests of 1,000 points, once as much expires as comes in. Queries are not counted; neither are rules that raise alerts all the time. The database's capacity is what would be needed, whatever the settings allow.

### ${postgres.name}: measurements in ${measuredIn(postgres)}

${pointsTable(postgres)}

### ${prod.name}: measurements in ${measuredIn(prod)}

${pointsTable(prod)}

What is sent in requests of one point costs a thousand times as much for API and functions: the API alone ${usd(prices.apiRequests.usd)} USD a million. Let gateways gather, or run the edge agent, which does.

## Where each part stops scaling

How much of each part a stream takes; **bold** is more than there is.

${limitsTable()}

## What to choose

- **1,000 points/s**: \`dev\`'s sizes do, with \`partitions: 2\`. A single broker is away for up to two hours a week: whoever cannot wait for the spool to drain takes \`staging\`'s cluster.
- **10,000 points/s**: a cluster of mq.m7g.large, \`partitions: 4\`, \`maxCapacity\` of 8 or more. In PostgreSQL ninety days are 7.9 TB: Aurora I/O-Optimized pays, and a shorter retention for most metrics pays more.
- **100,000 points/s**: more than one environment's queues take at the assumed pace. Spread devices over two environments, or raise the memory of record-points and ask AWS for more concurrency per mapping; measure before either. Storage is what costs: Timestream, or retention by metric.

## What it rests on

${table(
  ["value", "what"],
  Object.values(assumptions).map(({ value, what }) => [String(value), what]),
)}

${priceTable()}

\\* From what customers report, or by ratio of size.
`;
}
