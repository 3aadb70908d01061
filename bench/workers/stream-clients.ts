import { once } from "node:events";
import { WebSocket } from "ws";
import { type HttpClient, openHttp } from "../http.ts";
import { expectExactly, inFlight, machineMs, type Pace, paced, until } from "../measure.ts";
import { serve } from "../worker.ts";

// Subscribers and what measures for them, in one process: a point's value is when it was sent.

export interface StreamStart {
  url: string;
  apiKey: string;
  subscribers: number;
  /** Each subscriber listens to one of them. */
  devices: number;
}

let http: HttpClient;
let start: StreamStart;
let sockets: WebSocket[] = [];
let latencies: number[] = [];

const deviceOf = (index: number): string => `live-${index}`;

const tasks = {
  /** Opens the connections. @returns milliseconds until all were open */
  async connect(given: StreamStart) {
    start = given;
    http = openHttp(given.url, given.apiKey);
    const startedAt = machineMs();
    await inFlight(20, given.subscribers, connect);
    return machineMs() - startedAt;
  },

  /** Sends points of the devices in turn. @returns milliseconds until each came to each of its subscribers */
  async measure(pace: Pace) {
    latencies = [];
    const answers: Promise<string>[] = [];
    await paced(pace, (i) => answers.push(send(i % start.devices)));
    await Promise.all(answers);
    const expected = (answers.length * start.subscribers) / start.devices;
    await until("every frame", () => latencies.length >= expected);
    expectExactly("frames received", expected, latencies.length);
    return Float64Array.from(latencies);
  },
};

async function connect(index: number): Promise<void> {
  const body = JSON.stringify({ device_ids: [deviceOf(index % start.devices)], max_frequency: 100 });
  const answer = await http.send({ method: "POST", path: "/api/v1/telemetry/subscribe", body });
  const socket = new WebSocket(new URL(JSON.parse(answer).websocket_url, start.url.replace(/^http/, "ws")));
  socket.on("message", (data) => {
    const receivedAt = machineMs();
    for (const { value } of JSON.parse(String(data)).data_points) latencies.push(receivedAt - value);
  });
  await once(socket, "open");
  sockets.push(socket);
}

function send(device: number): Promise<string> {
  const path = `/api/v1/telemetry/devices/${deviceOf(device)}/telemetry`;
  const timestamp = new Date().toISOString();
  return http.send({
    method: "POST",
    path,
    body: JSON.stringify({ timestamp, metric_name: "sent_at", value: machineMs() }),
  });
}

export type StreamClients = typeof tasks;

serve(tasks, async () => {
  for (const socket of sockets) socket.terminate();
  sockets = [];
  http?.close();
});
