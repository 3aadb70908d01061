import { once } from "node:events";
import { connect } from "node:net";
import { machineMs } from "../measure.ts";
import { serve } from "../worker.ts";

// Sends lines of syslog (RFC 5424) over one TCP connection, as fast as they are taken.

const LINES_PER_WRITE = 500;

/** A line of an Apache log, with what the edge agent is sent beside its message in the header. */
const lineOf = (number: number): string =>
  `<14>1 ${new Date().toISOString()} web apache - req-${number} - 83.149.9.216 - - "GET /presentations/logstash-monitorama-2013/images/${number}.png HTTP/1.1" 200 203023 "http://semicomplete.com/presentations/logstash-monitorama-2013/"\n`;

const tasks = {
  /** @returns milliseconds until the other side had read all and closed */
  async send({ port, lines }: { port: number; lines: number }) {
    const block = Buffer.from(Array.from({ length: LINES_PER_WRITE }, (_, i) => lineOf(i)).join(""));
    const socket = connect({ port, host: "127.0.0.1" });
    await once(socket, "connect");
    socket.resume();
    const closed = once(socket, "close");
    const startedAt = machineMs();
    for (let sent = 0; sent < lines; sent += LINES_PER_WRITE)
      if (!socket.write(block)) await once(socket, "drain");
    socket.end();
    await closed;
    return machineMs() - startedAt;
  },
};

export type LineSender = typeof tasks;

serve(tasks);
