import { describe, expect, it } from "vitest";
import { formatEvent, formatJson } from "./line.ts";

const plain = { columns: undefined, style: (_: unknown, text: string) => text };
const event = {
  specversion: "1.0",
  id: "42",
  source: "/shop",
  type: "order.parcel.shipped",
  time: "2024-03-01T10:20:30Z",
  correlation_id: "req-1",
  data: { parcel: 7 },
};
const bytes = (body: unknown): Buffer => Buffer.from(JSON.stringify(body));

describe("formatEvent", () => {
  it("says in one line when, what, from whom, which, and its data", () => {
    expect(formatEvent(bytes(event), plain)).toBe(
      '2024-03-01T10:20:30Z order.parcel.shipped     /shop 42 req-1 {"parcel":7}',
    );
  });

  it("shows of large data what fits", () => {
    const line = formatEvent(bytes({ ...event, data: "x".repeat(5_000) }), { ...plain, columns: 120 });
    expect(line).toHaveLength(120);
    expect(line.endsWith("…")).toBe(true);
  });

  it("does not let an event steer the terminal", () => {
    const line = formatEvent(bytes({ ...event, source: "\u001b[2J", data: "a\nb\u009b" }), plain);
    expect(line).toMatch(/^[\u0020-\u007e]+$/);
  });

  it("shows what is no event as it is", () => {
    expect(formatEvent(Buffer.from("hello\u0007"), plain)).toBe("hello\\u0007");
  });
});

describe("formatJson", () => {
  it("gives an event whole, in one line", () => {
    expect(JSON.parse(formatJson(bytes(event)))).toEqual(event);
    expect(formatJson(Buffer.from("hello\n"))).toBe('"hello\\n"');
  });
});
