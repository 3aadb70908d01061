import { rm } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startParent } from "../../../test/parent-process.ts";
import { temporaryHome } from "../../../test/temporary-home.ts";
import { startPostgres } from "./postgres.ts";
import { waitUntil } from "./process.ts";
import { isRunning, processTree } from "./process-table.ts";
import { startRabbitMq } from "./rabbitmq.ts";

let home: string;
beforeAll(async () => {
  home = await temporaryHome();
});
afterAll(() => rm(home, { recursive: true }));

it("leaves no process after a kill -9 of the one that started the services, and starts again at once", async () => {
  const parent = await startParent(`
    import { startPostgres } from "${import.meta.dirname}/postgres.ts";
    import { startRabbitMq } from "${import.meta.dirname}/rabbitmq.ts";
    const home = ${JSON.stringify(home)};
    const services = await Promise.all([startPostgres({ home }), startRabbitMq({ home })]);
    say(JSON.stringify(services.map(({ url }) => url)));
  `);
  const urls: string[] = JSON.parse(await parent.said);
  const started = processTree(parent.pid);
  expect(started.length).toBeGreaterThan(10);

  parent.kill();
  // They wait for the ones before them, which are still stopping in order on the same data.
  const services = await Promise.all([startPostgres({ home }), startRabbitMq({ home })]);

  expect(services.map(({ url }) => url)).toEqual(urls);
  await waitUntil(async () => !started.some(({ pid }) => isRunning(pid)));
  await Promise.all(services.map((service) => service.stop()));
}, 90_000);
