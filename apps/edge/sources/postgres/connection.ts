import { Socket } from "node:net";
import type { Client } from "pg";
import { UnavailableError } from "../../../../layers/core/errors.ts";
import type { PostgresSettings } from "./settings.ts";

/** As PostgreSQL writes it. */
export type Row = readonly (string | null)[];
export type Query = (text: string, parameters?: readonly string[]) => Promise<Row[]>;

export interface Connection {
  /**
   * In a transaction that can change nothing and sees one moment throughout. Connects if need be.
   *
   * @throws what `use` does, and whatever the database or the network says
   */
  reading<Result>(use: (query: Query) => Promise<Result>): Promise<Result>;
  /** Breaks off what is under way. */
  close(): void;
}

type Options = Pick<PostgresSettings, "url" | "time_zone" | "statement_timeout">;

const CONNECT_MS = 10_000;
/** What the network may take on top of what the database may. */
const NETWORK_MS = 10_000;

/** For the transaction alone: a pooler in between gives the session to others. */
const SETTINGS = `SELECT set_config('TimeZone', $1, true), set_config('statement_timeout', $2, true),
  set_config('DateStyle', 'ISO', true), set_config('IntervalStyle', 'iso_8601', true),
  set_config('bytea_output', 'hex', true), set_config('extra_float_digits', '1', true)`;

/** One connection, opened when it is needed and again after it was lost. */
export function createConnection(options: Options): Connection {
  let opened: Client | undefined;
  /** Of the client that is being opened or is open. */
  let socket = new Socket();

  async function connected(): Promise<Client> {
    if (opened) return opened;
    const { Client } = await loadDriver();
    const own = new Socket();
    socket = own;
    const gone = () => {
      if (socket === own) drop(); // It may be told of when there is another one.
    };
    const client = new Client({
      connectionString: options.url,
      application_name: "telemetry-edge",
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: options.statement_timeout + NETWORK_MS,
      keepAlive: true,
      stream: () => own,
      // Values stay as PostgreSQL writes them: what they become is not the driver's to say.
      types: { getTypeParser: () => (text: string) => text },
    });
    client.on("error", gone); // Whoever awaits a query is told by it.
    client.on("end", gone);
    await client.connect();
    opened = client;
    return client;
  }

  /** The driver waits for a server that may be there no more. */
  function drop(): void {
    opened = undefined;
    socket.destroy();
  }

  return {
    async reading(use) {
      const client = await connected();
      const query: Query = async (text, values = []) => {
        const { rows } = await client.query<string[]>({ text, values: [...values], rowMode: "array" });
        return rows;
      };
      try {
        await query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
        await query(SETTINGS, [options.time_zone, `${options.statement_timeout}ms`]);
        const result = await use(query);
        await query("COMMIT");
        return result;
      } catch (error) {
        await query("ROLLBACK").catch(drop);
        throw error;
      }
    },
    close() {
      if (!opened) return drop();
      void opened.end().catch(drop); // In order where nothing is under way, so that its log says nothing of us.
      opened = undefined;
      socket.unref();
    },
  };
}

/** An agent without this source needs no driver, and its package may have come without one. */
export async function loadDriver(): Promise<{ Client: typeof Client }> {
  try {
    return (await import("pg")).default;
  } catch (cause) {
    throw new UnavailableError('the PostgreSQL source needs the package "pg": npm install pg', {
      code: "no_driver",
      cause,
    });
  }
}
