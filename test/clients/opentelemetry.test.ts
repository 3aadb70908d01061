import { SeverityNumber } from "@opentelemetry/api";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Platform, startPlatform } from "../platform.ts";
import { entriesOf, latestOf } from "./find.ts";

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});

afterAll(async () => {
  await platform.stop();
});

const headers = () => ({ authorization: `Bearer ${platform.apiKey}` });

it("takes OpenTelemetry's logs, to be searched", async () => {
  const exporter = new OTLPLogExporter({ url: `${platform.url}/v1/logs`, headers: headers() });
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({ "service.name": "checkout", "host.name": "dev-1" }),
    processors: [new BatchLogRecordProcessor({ exporter })],
  });
  const logger = provider.getLogger("app", "1.2.3");
  const attributes = { correlation_id: "otel-1", "http.status_code": 502 };
  logger.emit({
    severityNumber: SeverityNumber.ERROR,
    severityText: "ERROR",
    body: "payment declined",
    attributes,
  });
  logger.emit({ severityNumber: SeverityNumber.INFO, body: { msg: "structured", n: 1 } });
  await provider.shutdown();
  const entries = await entriesOf(platform, "checkout", 2);
  expect(entries.find(({ level }) => level === "error")).toMatchObject({
    message: "payment declined",
    correlation_id: "otel-1",
    attributes: { "http.status_code": 502, "otel.scope.name": "app" },
  });
  expect(entries.find(({ level }) => level === "info")).toMatchObject({
    message: "structured",
    attributes: { n: 1 },
  });
});

it("takes OpenTelemetry's metrics, to be queried", async () => {
  const exporter = new OTLPMetricExporter({ url: `${platform.url}/v1/metrics`, headers: headers() });
  const provider = new MeterProvider({
    resource: resourceFromAttributes({ "service.name": "checkout", "host.name": "dev-1" }),
    readers: [new PeriodicExportingMetricReader({ exporter })],
  });
  const meter = provider.getMeter("app");
  meter.createCounter("http.requests").add(3, { route: "/a" });
  meter.createHistogram("api.latency", { unit: "ms" }).record(12.5, { route: "/a" });
  meter.createObservableGauge("temperature", { unit: "Cel" }).addCallback((result) => {
    result.observe(21.5, { sensor: "t1" });
  });
  await provider.shutdown();
  expect(await latestOf(platform, "dev-1", 'http.requests{route="/a"}')).toMatchObject({ value: 3 });
  expect(await latestOf(platform, "dev-1", 'temperature{sensor="t1"}')).toMatchObject({
    value: 21.5,
    unit: "Cel",
    tags: { "service.name": "checkout", sensor: "t1" },
  });
  expect(await latestOf(platform, "dev-1", 'api.latency_sum{route="/a"}')).toMatchObject({ value: 12.5 });
  expect(await latestOf(platform, "dev-1", 'api.latency_bucket{le="+Inf",route="/a"}')).toMatchObject({
    value: 1,
  });
});
