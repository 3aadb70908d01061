import fc from "fast-check";
import lz4 from "lz4js";
import { expect, it } from "vitest";
import { decompressLz4 } from "./lz4.ts";

const compress = (bytes: Uint8Array): Buffer => Buffer.from(lz4.compress(bytes));

it("reads what another implementation wrote, whatever it is [E1-US2 AC5]", () => {
  const runs = fc.array(
    fc.record({ text: fc.string({ unit: "binary" }), times: fc.integer({ min: 1, max: 500 }) }),
  );
  fc.assert(
    fc.property(runs, (parts) => {
      const bytes = Buffer.from(parts.map(({ text, times }) => text.repeat(times)).join(""));
      return decompressLz4(compress(bytes), 1e7).equals(bytes);
    }),
  );
});

it("reads megabytes in several blocks", () => {
  const bytes = Buffer.from(JSON.stringify(Array.from({ length: 300_000 }, (_, i) => ({ i, v: i % 97 }))));
  expect(bytes.length).toBeGreaterThan(5e6);
  expect(decompressLz4(compress(bytes), 1e7).equals(bytes)).toBe(true);
});

it("stops a bomb at the limit", () => {
  const bomb = compress(Buffer.alloc(4_000_000));
  expect(bomb.length).toBeLessThan(50_000);
  expect(() => decompressLz4(bomb, 1_000_000)).toThrow("more than 1000000 bytes once decompressed");
});

it("refuses a frame cut anywhere, and never hangs or answers wrongly", () => {
  const frame = compress(Buffer.from("abcabcabcabcabcabc 0123456789 abcabcabcabcabcabc".repeat(3)));
  for (let length = 0; length < frame.length; length++) {
    expect(() => decompressLz4(frame.subarray(0, length), 1e6)).toThrow("not a valid LZ4 frame");
  }
});

it("survives any bytes", () => {
  const header = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x40, 0x70, 0xdf]);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        return decompressLz4(Buffer.concat([header, bytes]), 1e5).length <= 1e5;
      } catch (error) {
        return /LZ4 frame|once decompressed/.test((error as Error).message);
      }
    }),
  );
});
