import pg from "pg";
import { ServiceFault } from "./fault.ts";

export type ColumnType = "text" | "float8" | "bool" | "int8";

export interface Table {
  /** As PostgreSQL names it. */
  name: string;
  memoryHours: number;
  magneticDays: number;
  columns: Map<string, ColumnType>;
}

const quote = pg.escapeIdentifier;

/** Tables that have no columns but those of the time and the measure's name until something is written to them. */
export class TableStore {
  readonly #pool: pg.Pool;
  readonly #tables = new Map<string, Map<string, Table>>();
  /** One change of the columns at a time. */
  #changing: Promise<unknown> = Promise.resolve();

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async createDatabase(database: string): Promise<void> {
    this.#tables.set(database, new Map());
    await this.#pool.query(`CREATE SCHEMA ${quote(database)}`);
  }

  async create(
    database: string,
    table: string,
    retention: { memoryHours: number; magneticDays: number },
  ): Promise<void> {
    const tables = this.#database(database);
    if (tables.has(table)) throw new ServiceFault("ConflictException", `Table ${table} already exists.`);
    const name = `${quote(database)}.${quote(table)}`;
    tables.set(table, { name, ...retention, columns: new Map() });
    await this.#pool.query(
      `CREATE TABLE ${name} (_key text PRIMARY KEY, _version int8, time timestamp, measure_name text)`,
    );
  }

  names = (database: string): string[] => [...this.#database(database).keys()].sort();

  get(database: string, table: string): Table {
    const found = this.#database(database).get(table);
    if (!found) throw new ServiceFault("ResourceNotFoundException", `The table ${table} does not exist.`);
    return found;
  }

  /** @throws {ServiceFault} of another type */
  async addColumns(table: Table, columns: ReadonlyMap<string, ColumnType>): Promise<void> {
    const missing = [...columns].filter(([name, type]) => table.columns.get(name) !== type);
    if (missing.length === 0) return;
    const change = async () => {
      for (const [name, type] of missing) {
        const there = table.columns.get(name);
        if (there === type) continue;
        if (there) throw new ServiceFault("ValidationException", `${name} is ${there}, not ${type}`);
        await this.#pool.query(`ALTER TABLE ${table.name} ADD COLUMN ${quote(name)} ${type}`);
        table.columns.set(name, type);
      }
    };
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => undefined);
    await changed;
  }

  #database(database: string): Map<string, Table> {
    const tables = this.#tables.get(database);
    if (!tables)
      throw new ServiceFault("ResourceNotFoundException", `The database ${database} does not exist.`);
    return tables;
  }
}
