import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { environments } from "../lib/environments.ts";
import { costsDocument } from "./costs/document.ts";
import { costsOfPoints, fixedCosts, keptGb, sum, usdPerMillion } from "./costs/monthly.ts";

const [dev] = environments;
if (!dev) throw new Error("expected an environment");

it("docs/costs.md is what the environments, prices and assumptions come to: npm run costs writes it", () => {
  expect(readFileSync(new URL("../docs/costs.md", import.meta.url), "utf8")).toBe(costsDocument());
});

describe("the costs", () => {
  it("follow the sizes in the table of environments", () => {
    const larger = { ...dev, broker: { ...dev.broker, instanceType: "mq.m7g.large" as const } };
    const broker = (settings: typeof dev) =>
      fixedCosts(settings).find(({ part }) => part === "broker")?.usd ?? 0;
    // 0.0765 USD more an hour, 730 hours.
    expect(broker(larger) - broker(dev)).toBeCloseTo(55.845, 3);
    const cluster = { ...dev, broker: { ...dev.broker, deploymentMode: "CLUSTER_MULTI_AZ" as const } };
    expect(broker(cluster)).toBeCloseTo(3 * broker(dev), 6);
    const prod = environments.find(({ name }) => name === "prod");
    if (!prod?.search) throw new Error("expected prod to have OpenSearch");
    const search = (settings: typeof dev) =>
      fixedCosts(settings).find(({ part }) => part === "OpenSearch")?.usd;
    expect(search(dev)).toBeUndefined();
    // Two nodes of 0.128 USD and three masters of 0.064 an hour; two disks of 200 GB.
    expect(prod.search).toMatchObject({ nodes: 2, volumeGb: 200 });
    expect(search(prod)).toBeCloseTo(730 * (2 * 0.128 + 3 * 0.064) + 400 * 0.122, 6);
  });

  it("are of ninety days of points, a hundred bytes each", () => {
    // 1,000 × 86,400 × 90 × 101 bytes.
    expect(keptGb(1_000)).toBeCloseTo(785.376, 3);
    const storage = costsOfPoints(dev, 1_000).find(({ of }) => of === "storage")?.usd;
    expect(storage).toBeCloseTo(78.5376, 4);
  });

  it("of a million points are those of a month, divided", () => {
    const costs = costsOfPoints(dev, 10_000);
    expect(usdPerMillion(costs, 10_000) * 10_000 * 2.628).toBeCloseTo(sum(costs), 6);
  });
});
