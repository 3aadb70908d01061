import type { Amount, BufferedRecord, DiskBuffer } from "../buffer.ts";

const EVERYTHING: Amount = { records: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };

export const textsOf = (records: readonly BufferedRecord[]): string[] =>
  records.map(({ body }) => body.toString("latin1"));

/** All that is left to read. */
export const readAll = (buffer: DiskBuffer): Promise<BufferedRecord[]> => buffer.read(EVERYTHING);

/** The bodies of all that is left to read. */
export const textsIn = async (buffer: DiskBuffer): Promise<string[]> => textsOf(await readAll(buffer));

export const appendTexts = (buffer: DiskBuffer, ...texts: string[]): Promise<void> =>
  buffer.append(texts.map((text) => Buffer.from(text, "latin1")));
