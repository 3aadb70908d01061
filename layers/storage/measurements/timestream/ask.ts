import { QueryCommand, type TimestreamQueryClient } from "@aws-sdk/client-timestream-query";
import { RefusedError } from "../../../core/errors.ts";
import { asked } from "./fault.ts";

/** Of a row, by the names of its columns. */
export type Row = Readonly<Record<string, string | null>>;

/** "QueryString" ("Query", Amazon Timestream API Reference). */
const MOST_BYTES = 262_144;

/**
 * All rows of a query. They come in pages of at most a megabyte, of which some are empty while the query is under way
 * ("Query: NextToken", Amazon Timestream API Reference).
 *
 * @param doing as in "reading points"
 * @throws {RefusedError} 422, more names than fit into a query
 */
export async function ask(query: TimestreamQueryClient, doing: string, sql: string): Promise<Row[]> {
  if (Buffer.byteLength(sql) > MOST_BYTES) {
    throw new RefusedError(
      422,
      `more devices and metrics than a query of Timestream takes (${MOST_BYTES} bytes)`,
    );
  }
  return asked(doing, async () => {
    const rows: Row[] = [];
    let NextToken: string | undefined;
    do {
      const page = await query.send(new QueryCommand({ QueryString: sql, NextToken }));
      const names = (page.ColumnInfo ?? []).map(({ Name = "" }) => Name);
      for (const { Data = [] } of page.Rows ?? []) {
        rows.push(Object.fromEntries(Data.map(({ ScalarValue }, i) => [names[i], ScalarValue ?? null])));
      }
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return rows;
  });
}

/** A column that is never null. */
export function textIn(row: Row, column: string): string {
  const text = row[column];
  if (text === undefined || text === null) throw new TypeError(`expected a value of ${column} in a row`);
  return text;
}

export const numberIn = (row: Row, column: string): number => Number(textIn(row, column));
