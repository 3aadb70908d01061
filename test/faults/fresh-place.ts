import { freshDatabase, freshVhost } from "../fresh.ts";
import { type Place, startOn } from "./place.ts";

export interface FreshPlace extends Place {
  drop(): Promise<void>;
}

/** A virtual host and a database of one test, with topology and schema, and nothing that runs on them. */
export async function freshPlace(): Promise<FreshPlace> {
  const [vhost, database] = await Promise.all([freshVhost(), freshDatabase()]);
  const place = { amqpUrl: vhost.url, databaseUrl: database.url };
  await (await startOn(place, { consume: false })).stop();
  return {
    ...place,
    async drop() {
      await Promise.all([vhost.drop(), database.drop()]);
    },
  };
}
