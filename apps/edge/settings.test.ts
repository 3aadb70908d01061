import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { configSchema, DEFAULTS } from "./config.ts";
import { parseConfig } from "./settings.ts";

const smallest = `
buffer: { dir: /var/lib/telemetry-edge }
forward: { url: https://telemetry.example.com/, api_key: \${TELEMETRY_API_KEY} }
`;
const inBraces = (name: string) => `\${${name}}`;
const environment = { TELEMETRY_API_KEY: "key_site.0123456789abcdef" };
const parse = (text: string, given: Record<string, string> = environment) => parseConfig(text, given);

describe("a configuration", () => {
  it("needs a folder, an address and a key, and has defaults for the rest", () => {
    expect(parse(smallest)).toEqual({
      listen: { host: "127.0.0.1", port: 8219 },
      device_id: expect.any(String),
      buffer: { dir: "/var/lib/telemetry-edge", max_age: 30 * 86_400_000, max_size: 100e9 },
      forward: {
        url: "https://telemetry.example.com",
        api_key: "key_site.0123456789abcdef",
        batch: { max_entries: 1_000, max_size: 1e6, max_age: 1_000 },
        in_flight: 4,
        timeout: 30_000,
        backoff: { first: 1_000, longest: 60_000 },
      },
      disk: { warn_percent: 85, critical_percent: 95, interval: 30_000 },
      rejected: { max_size: 64e6 },
      sources: {},
    });
  });

  it.each([
    ["bufer: {}", "bufer: unknown field"],
    ["disk: { warn_persent: 3 }", "disk.warn_persent: unknown field"],
    ["sources: { magic: {} }", "sources.magic: unknown field"],
    [
      "forward: { url: ftp://x, api_key: 0123456789abcdef }",
      "forward.url: expected an http:// or https:// URL",
    ],
    ["forward: { url: http://x, api_key: short }", "forward.api_key: expected at least 16 characters"],
    ["buffer: { dir: /x, max_age: 30 days }", "buffer.max_age: expected a duration from 1s to 3650d"],
    ["buffer: { dir: /x, max_age: 30 }", "buffer.max_age: expected a duration"],
    ["buffer: { dir: /x, max_size: 1KB }", "buffer.max_size: expected a size from 1MB to 100TB"],
    ["listen: 8219", "listen: "],
    ["listen: localhost", "listen: expected host:port, such as 127.0.0.1:8219, got localhost"],
    ["disk: { warn_percent: 99 }", "disk.critical_percent: expected at least warn_percent"],
    [
      `listen_key: ${inBraces("NOT_SET_ANYWHERE")}`,
      "listen_key: the environment variable NOT_SET_ANYWHERE is not set",
    ],
  ])("that says %s is refused: %s [EDGE-08]", (line, message) => {
    const key = line.split(":")[0] ?? "";
    const others = smallest.split("\n").filter((each) => !each.startsWith(`${key}:`));
    expect(() => parse([...others, line].join("\n"))).toThrow(message);
  });

  it("names the key that is missing", () => {
    expect(() => parse("buffer: {}")).toThrow(/buffer\.dir: .*forward: /s);
  });

  it("takes from the environment what stands in braces, as text and nothing more", () => {
    const key = `key: {a}, [b] # c: "d" ${inBraces("E")}`.replaceAll(" ", "_");
    expect(parse(smallest, { TELEMETRY_API_KEY: key }).forward.api_key).toBe(key);
    const within = smallest.replace(
      "https://telemetry.example.com/",
      `https://${inBraces("SITE")}.example.com`,
    );
    expect(parse(within, { ...environment, SITE: "north" }).forward.url).toBe("https://north.example.com");
  });

  it.each([
    ["[::1]:1", { host: "::1", port: 1 }],
    ["0.0.0.0:65535", { host: "0.0.0.0", port: 65_535 }],
  ])("may listen on %s", (listen, expected) => {
    expect(parse(`listen: "${listen}"\n${smallest}`).listen).toEqual(expected);
  });

  it("has every key, with its default, in docs/edge.md", () => {
    const docs = readFileSync(new URL("../../docs/edge.md", import.meta.url), "utf8");
    const keysOf = (schema: object, path = ""): string[] => {
      const { shape } = unwrapped(schema);
      return Object.entries(shape ?? {}).flatMap(([key, inner]) => {
        const below = keysOf(inner as object, `${path}${key}.`);
        return below.length > 0 ? below : [`${path}${key}`];
      });
    };
    const keys = keysOf(configSchema).filter((key) => !key.startsWith("sources"));
    expect(keys.length).toBeGreaterThan(15);
    for (const key of keys) expect(docs, key).toContain(`\`${key}\``);
    const values = Object.values(DEFAULTS).flatMap((each) =>
      typeof each === "string" ? [each] : Object.values(each),
    );
    for (const value of values) expect(docs, `${value}`).toContain(`| ${value} |`);
  });
});

/** What is behind defaults, prefaults and refinements. */
function unwrapped(schema: object): { shape?: Record<string, unknown> } {
  const { def } = schema as { def?: { innerType?: object; in?: object } };
  const inner = def?.innerType ?? def?.in;
  return inner ? unwrapped(inner) : (schema as { shape?: Record<string, unknown> });
}
