import type { ChannelModel } from "amqplib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Fresh, freshVhost } from "../../test/fresh.ts";
import { closeQuietly, openConnection } from "./connection.ts";
import { lockDeclaration } from "./declaration-lock.ts";

let vhost: Fresh;
let connections: ChannelModel[];

beforeAll(async () => {
  vhost = await freshVhost();
  const open = () => openConnection({ url: vhost.url, name: "test" });
  connections = [await open(), await open(), await open()];
});

afterAll(async () => {
  await Promise.all(connections.map(closeQuietly));
  await vhost.drop();
});

it("lets one declare at a time, however many start", async () => {
  let inside = 0;
  let most = 0;
  await Promise.all(
    connections.map(async (connection) => {
      const lock = await lockDeclaration(connection);
      most = Math.max(most, ++inside);
      await (await connection.createChannel()).close();
      inside--;
      await lock.release();
    }),
  );
  expect(most).toBe(1);
});

it("is free again when whoever had it has died", async () => {
  const [first, second] = connections;
  if (!first || !second) throw new Error("expected connections");
  await lockDeclaration(first);
  const waiting = lockDeclaration(second);
  // Without a word to the broker.
  (first.connection as unknown as { stream: { destroy(): void } }).stream.destroy();
  await (await waiting).release();
});
