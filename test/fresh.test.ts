import { connect } from "amqplib";
import { Client } from "pg";
import { expect, it } from "vitest";
import { freshDatabase, freshVhost } from "./fresh.ts";

it("gives each caller a virtual host of its own, and takes it away with what is in it", async () => {
  const [one, other] = await Promise.all([freshVhost(), freshVhost()]);
  const connection = await connect(one.url);
  const closed = new Promise<Error>((resolve) => connection.once("close", resolve));
  await (await connection.createChannel()).assertQueue("mine");

  const neighbour = await connect(other.url);
  const channel = await neighbour.createChannel();
  channel.on("error", () => {});
  await expect(channel.checkQueue("mine")).rejects.toThrow("NOT_FOUND");
  await neighbour.close();

  await Promise.all([one.drop(), other.drop()]);
  expect((await closed).message).toContain("CONNECTION_FORCED");
  await expect(connect(one.url)).rejects.toThrow("ConnectionClose");
});

it("gives each caller a database of its own, and takes it away though it is in use", async () => {
  const database = await freshDatabase();
  const client = new Client({ connectionString: database.url });
  const ended = new Promise<Error>((resolve) => client.on("error", resolve));
  await client.connect();
  const { rows } = await client.query("SELECT count(*) FROM pg_stat_user_tables");
  expect(rows).toEqual([{ count: "0" }]);

  await database.drop();

  expect((await ended).message).toContain("terminating connection");
});
