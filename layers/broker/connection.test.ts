import type { Writable } from "node:stream";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { type Fresh, freshVhost } from "../../test/fresh.ts";
import { openConfirmChannel, openConnection } from "./connection.ts";

let vhost: Fresh;

beforeAll(async () => {
  vhost = await freshVhost();
});

afterEach(() => {
  vi.restoreAllMocks();
});

afterAll(() => vhost.drop());

it("sends what is published in one turn of the event loop with one write", async () => {
  const connection = await openConnection({ url: vhost.url, name: "test" });
  const channel = await openConfirmChannel(connection);
  const { queue } = await channel.assertQueue("");
  const { stream } = connection.connection as unknown as { stream: Writable };
  const writes = [vi.spyOn(stream, "_write"), vi.spyOn(stream, "_writev" as never)];
  for (let i = 0; i < 50; i++) channel.sendToQueue(queue, Buffer.from("x"), { persistent: true });
  await channel.waitForConfirms();
  expect(writes.reduce((sum, { mock }) => sum + mock.calls.length, 0)).toBe(1);
  expect((await channel.checkQueue(queue)).messageCount).toBe(50);
  await connection.close();
});

it("loses nothing that is larger than the socket takes at once", async () => {
  const connection = await openConnection({ url: vhost.url, name: "test" });
  const channel = await openConfirmChannel(connection);
  const { queue } = await channel.assertQueue("");
  const body = Buffer.alloc(200_000, "x");
  for (let i = 0; i < 50; i++) channel.sendToQueue(queue, body);
  await channel.waitForConfirms();
  expect((await channel.checkQueue(queue)).messageCount).toBe(50);
  expect(await channel.get(queue)).toMatchObject({ content: body });
  await connection.close();
});
