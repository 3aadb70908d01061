import type { Server } from "./bench.ts";
import { openHttp } from "./http.ts";
import { machineMs, until } from "./measure.ts";

/** Breaches a rule for one device after the other. @returns milliseconds from each request until its alert is listed */
export async function raiseAlerts(server: Server, number: number): Promise<Float64Array> {
  const http = openHttp(server.url, server.apiKey);
  const rule = { name: "Breached", metric_name: "breached", condition: ">", threshold_value: 1 };
  const rulesPath = "/api/v1/telemetry/alerts/rules";
  const { status, text } = await http.ask({ method: "POST", path: rulesPath, body: JSON.stringify(rule) });
  if (status !== 201) throw new Error(`expected a rule, got ${status} ${text}`);
  const times = new Float64Array(number);
  for (let n = 0; n < number; n++) {
    const device = `breaching-${n}`;
    const point = { timestamp: new Date().toISOString(), metric_name: "breached", value: 2 };
    const sentAt = machineMs();
    const path = `/api/v1/telemetry/devices/${device}/telemetry`;
    await http.send({ method: "POST", path, body: JSON.stringify(point) });
    await until(`the alert of ${device}`, async () => {
      const listed = await http.send({ method: "GET", path: `/api/v1/telemetry/alerts?device_id=${device}` });
      return JSON.parse(listed).count === 1;
    });
    times[n] = machineMs() - sentAt;
  }
  http.close();
  return times;
}
