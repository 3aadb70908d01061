// spool/01795132800000-9f3c02b7-00000042-17
//       │              │        │        └ records
//       │              │        └ the process's how many-th put
//       │              └ the process
//       └ milliseconds since the Unix epoch, so that S3's order of keys is the order of time

export const PREFIX = "spool/";

/** What one `put` left, as its key tells without reading it. */
export interface Put {
  key: string;
  /** Milliseconds since the Unix epoch. */
  at: number;
  records: number;
  bytes: number;
}

export interface KeyParts {
  at: number;
  process: string;
  count: number;
  records: number;
}

const padded = (number: number, digits: number): string => String(number).padStart(digits, "0");

export const keyOf = ({ at, process, count, records }: KeyParts): string =>
  `${PREFIX}${padded(at, 14)}-${process}-${padded(count, 8)}-${records}`;

const KEY = /^spool\/(\d{14})-[0-9a-f]+-\d+-(\d+)$/;

/** An object that somebody else has put there counts as one record, and is handed out as such. */
export function readKey(key: string, bytes: number): Put {
  const [, at, records] = KEY.exec(key) ?? [];
  return { key, bytes, at: Number(at ?? 0), records: Number(records ?? 1) };
}
