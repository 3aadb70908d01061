import { messageId } from "../arrivals.ts";
import { inFlight, machineMs, type Pace, paced } from "../measure.ts";
import { type Sender, senders } from "../senders.ts";
import { serve } from "../worker.ts";

// Publishes events, by one of the ways of senders.ts.

/** Unconfirmed at most: chunks in flight × events in each. */
const CHUNKS = 10;
const CHUNK = 100;

let sender: Sender;

const tasks = {
  async open({ via, url }: { via: keyof typeof senders; url: string }) {
    sender = await senders[via](url);
  },

  /** As fast as confirms allow. @returns milliseconds until all were confirmed */
  async flood({ run, events }: { run: string; events: number }) {
    const startedAt = machineMs();
    await inFlight(CHUNKS, Math.ceil(events / CHUNK), (chunk) => {
      const size = Math.min(CHUNK, events - chunk * CHUNK);
      return sender.confirmed(Array.from({ length: size }, (_, i) => messageId(run, chunk * CHUNK + i)));
    });
    return machineMs() - startedAt;
  },

  /** @returns when each event was handed over, and how many microseconds each call took */
  async pace({ run, ...pace }: Pace & { run: string }) {
    const sentAt: number[] = [];
    const callMicros: number[] = [];
    await paced(pace, (i) => {
      const id = messageId(run, i);
      sentAt.push(machineMs());
      callMicros.push(publishTimed(id));
    });
    await sender.settled();
    return { sentAt: Float64Array.from(sentAt), callMicros: Float64Array.from(callMicros) };
  },

  /** So many at once, again and again, each time when the last ones are stored. @returns microseconds of each call */
  async bursts({ run, bursts, size }: { run: string; bursts: number; size: number }) {
    const callMicros: number[] = [];
    for (let burst = 0; burst < bursts; burst++) {
      for (let i = 0; i < size; i++) callMicros.push(publishTimed(messageId(run, burst * size + i)));
      await sender.settled();
    }
    return Float64Array.from(callMicros);
  },
};

function publishTimed(id: string): number {
  const startedAt = performance.now();
  sender.publish(id);
  return (performance.now() - startedAt) * 1_000;
}

export type SenderProgram = typeof tasks;

serve(tasks, () => sender?.close());
