import { basename } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deviceIdSchema, metricNameSchema } from "../../../layers/core/measurement.ts";
import { anyText } from "../../../test/arbitraries.ts";
import { UsageError } from "../verb.ts";
import { checkSeries, deviceIdFrom, metricNameFrom, seriesOf } from "./series.ts";

describe("seriesOf", () => {
  it("names the metric by the column and the device by the file", () => {
    expect(seriesOf({ file: "plant/boiler-7.csv", valueColumn: "Temperature" })).toEqual({
      deviceId: "boiler-7",
      metricName: "Temperature",
    });
  });

  it("names the metric by the file and the device by the folder where the column says nothing", () => {
    expect(seriesOf({ file: "plant/nyc taxi.csv", valueColumn: "Value" })).toEqual({
      deviceId: "plant",
      metricName: "nyc_taxi",
    });
    const { deviceId } = seriesOf({ file: "a.csv", valueColumn: "value" });
    expect(deviceId).toBe(deviceIdFrom(basename(process.cwd())));
  });

  it("names only what was not named", () => {
    expect(seriesOf({ file: "plant/a.csv", valueColumn: "value", device: "d" })).toEqual({
      deviceId: "d",
      metricName: "a",
    });
    expect(seriesOf({ file: "plant/a.csv", valueColumn: "value", metric: "m" })).toEqual({
      deviceId: "a",
      metricName: "m",
    });
  });

  it("makes names that the API takes of any text", () => {
    fc.assert(
      fc.property(anyText(200), (text) => {
        expect(deviceIdSchema.safeParse(deviceIdFrom(text)).success).toBe(true);
        expect(metricNameSchema.safeParse(metricNameFrom(text)).success).toBe(true);
      }),
    );
    expect(metricNameFrom("2m temperature (°C)")).toBe("_2m_temperature_C");
  });

  it("refuses a device or a metric that the API would refuse", () => {
    expect(() => checkSeries({ device: "no spaces" })).toThrow(UsageError);
    expect(() => checkSeries({ metric: "7" })).toThrow(/--metric 7: expected a name/);
    expect(() => checkSeries({ device: "d", metric: 'cpu{core="0"}' })).not.toThrow();
  });
});
