import { beforeAll, expect, it } from "vitest";
import { type Context, DAY, entryOf, found, idsOf, MIDNIGHT, newName, SECOND, stored } from "./samples.ts";

export function filtersContract(context: Context): void {
  const service = newName("service");
  const other = newName("service");
  const correlationId = newName("correlation");
  const at = (second: number, given: Parameters<typeof entryOf>[0]) =>
    entryOf({ service, id: `${service}-${second}`, time: MIDNIGHT + second * SECOND, ...given });
  const entries = [
    at(0, { level: "trace", message: "alpha" }),
    at(1, { level: "debug", message: "alpha", correlationId }),
    at(2, { level: "info", message: "beta", correlationId: correlationId.toUpperCase() }),
    at(3, { level: "warn", message: "alpha beta" }),
    at(4, { level: "error", message: "beta", correlationId }),
    at(5, { level: "fatal", message: "alpha", service: other, correlationId }),
    at(86_400, { level: "error", message: "tomorrow" }),
  ];

  beforeAll(() => stored(context, entries));

  const ids = async (search: Parameters<typeof found>[1]) =>
    idsOf(await found(context, search)).map((id) => id.replace(`${service}-`, ""));

  it("searches by the exact name of the service [EDGE-09]", async () => {
    expect(await ids({ service })).toEqual(["4", "3", "2", "1", "0"]);
    expect(await ids({ service: other })).toEqual(["5"]);
    expect(await ids({ service: service.toUpperCase() })).toEqual([]);
    expect(await ids({ service: service.slice(0, -1) })).toEqual([]);
    expect(await ids({ service: `${service.slice(0, -1)}*` })).toEqual([]);
  });

  it("searches by any of some levels, and takes none for all", async () => {
    expect(await ids({ service, levels: ["error"] })).toEqual(["4"]);
    expect(await ids({ service, levels: ["warn", "trace", "fatal"] })).toEqual(["3", "0"]);
    expect(await ids({ service, levels: [] })).toHaveLength(5);
  });

  it("searches by correlation id, across services", async () => {
    expect(await ids({ correlationId })).toEqual(["5", "4", "1"]);
    expect(await ids({ correlationId: newName("correlation") })).toEqual([]);
  });

  it("searches by time: the start belongs to it, the end does not", async () => {
    expect(await ids({ service, from: MIDNIGHT + SECOND, to: MIDNIGHT + 3 * SECOND })).toEqual(["2", "1"]);
    expect(await ids({ service, from: MIDNIGHT + SECOND + 1, to: MIDNIGHT + 3 * SECOND + 1 })).toEqual([
      "3",
      "2",
    ]);
    expect(await ids({ service, from: MIDNIGHT, to: MIDNIGHT })).toEqual([]);
    expect(await ids({ service, to: MIDNIGHT + 2 * DAY })).toEqual(["86400", "4", "3", "2", "1", "0"]);
  });

  it("searches by everything together", async () => {
    expect(
      await ids({ service, levels: ["trace", "debug", "warn"], q: "alpha", from: MIDNIGHT + 1 }),
    ).toEqual(["3", "1"]);
    expect(await ids({ service, correlationId, q: "beta" })).toEqual(["4"]);
  });
}
