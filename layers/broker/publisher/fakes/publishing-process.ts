import { createPublisher } from "../publisher.ts";

// Publishes numbered events until it is killed: `node publishing-process.ts <options>`. It says which it published
// last that are safe on disk.

interface Options {
  url: string;
  directory: string;
  from: number;
}

if (import.meta.main) await publishForEver(JSON.parse(process.argv[2] ?? ""));

async function publishForEver({ url, directory, from }: Options): Promise<void> {
  const disk = { directory, maxBytes: 100_000_000, mode: "always" } as const;
  const publisher = createPublisher({ url, source: "/test", reconnectMs: 10, maxReconnectMs: 50, disk });
  for (let next = from; ; ) {
    for (let i = 0; i < 20; i++) {
      publisher.publish("model.registered", { model_id: String(next++), vendor: "acme" });
    }
    const published = publisher.stats().published;
    while ((publisher.stats().disk?.written ?? 0) < published) await new Promise(setImmediate);
    process.stdout.write(`${next - 1}\n`);
  }
}
