import { postgresSettings } from "../../apps/edge/sources/postgres/settings.ts";
import { createPostgresSource } from "../../apps/edge/sources/postgres/source.ts";
import { systemClock } from "../../layers/core/clock.ts";
import { silentLogger } from "../silent-logger.ts";

// Polls a table until it is killed: `node polling-process.ts <url> <table> <directory>`. It says each value before
// it counts as safe.

const [url = "", table = "", directory = ""] = process.argv.slice(2);

if (import.meta.main) {
  const tables = [
    { table, time: "ts", device_id: "here", interval: "100ms", late_window: "1s", batch_rows: 5 },
  ];
  const source = createPostgresSource(postgresSettings.parse({ url, tables }), {
    directory,
    clock: systemClock,
    logger: silentLogger,
    sink: {
      async append(entries) {
        for (const { value } of entries) process.stdout.write(`${value}\n`);
        await new Promise(setImmediate);
      },
    },
  });
  await source.start();
}
