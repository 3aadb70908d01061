// The records of one put as the contents of one object:  │ length 4, big-endian │ record │ length 4 │ record │ …

const LENGTH_BYTES = 4;

export function frame(records: readonly Buffer[]): Buffer {
  return Buffer.concat(
    records.flatMap((record) => {
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32BE(record.length);
      return [length, record];
    }),
  );
}

/** Contents that are not frames are one record as they are: whoever drains them must see them, to be rid of them. */
export function unframe(contents: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < contents.length; ) {
    const start = at + LENGTH_BYTES;
    const end = start <= contents.length ? start + contents.readUInt32BE(at) : Number.POSITIVE_INFINITY;
    if (end > contents.length) return [contents];
    records.push(contents.subarray(start, end));
    at = end;
  }
  return records;
}
