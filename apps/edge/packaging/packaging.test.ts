import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { AGENT_ENVIRONMENT } from "../environment.ts";
import { GROUPS, hostMetricsSettings } from "../sources/host-metrics/settings.ts";
import { postgresSettings } from "../sources/postgres/settings.ts";

const read = (name: string) => readFileSync(join(import.meta.dirname, name), "utf8");
const unit = read("telemetry-edge.service");
const dockerfile = read("Dockerfile");
const example = read("edge.yaml");
/** Keys are behind a # without a space, and what is said about them behind one with a space. */
const everything = example.replace(/^( *)#(?=\S)/gm, "$1");

const settingOf = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(unit)?.[1] ?? "";
const smallest = parse(example);
const full = parse(everything);

describe("the service, the image and the example", () => {
  it("mean the same configuration file and run it in the same way", () => {
    const [program, ...args] = settingOf("ExecStart").split(" ");
    expect([program, args]).toEqual([
      "/usr/bin/telemetry",
      ["edge", "--config", "/etc/telemetry-edge/edge.yaml"],
    ]);
    expect(dockerfile).toContain(`CMD ${JSON.stringify(args).replaceAll(",", ", ")}`);
    expect(example).toContain(args.at(-1));
  });

  it("keep what waits in the same folder", () => {
    const { dir } = smallest.buffer;
    expect(`/var/lib/${settingOf("StateDirectory")}`).toBe(dir);
    expect(dockerfile).toContain(`VOLUME ${dir}\n`);
  });

  it("listen, expose and check the same port", () => {
    const [, port] = smallest.listen.split(":");
    expect(dockerfile).toContain(`EXPOSE ${port}\n`);
    expect(dockerfile).toContain(`http://127.0.0.1:${port}/healthcheck`);
  });

  it("start it with the same memory settings as npm start does [EDGE-11]", () => {
    const variables = Object.entries(AGENT_ENVIRONMENT).map((pair) => pair.join("="));
    expect(settingOf("Environment")).toBe(variables.join(" "));
    expect(dockerfile).toContain(`ENV ${variables.join(" ")}\n`);
  });

  it("need a variable that the service has from its file", () => {
    const needed = Array.from(JSON.stringify(smallest).matchAll(/\$\{(\w+)\}/g), ([, name]) => name);
    expect(needed).toEqual(["TELEMETRY_API_KEY"]);
    expect(unit).toMatch(/TELEMETRY_API_KEY=…[^\n]*\nEnvironmentFile=\/etc\/telemetry-edge\/environment\n/s);
  });
});

describe("the example", () => {
  it("is no more than is needed, but for what it says behind a #", () => {
    expect(Object.keys(smallest)).toEqual(["listen", "buffer", "forward", "sources"]);
    expect(smallest.sources).toEqual({ host_metrics: { interval: "10s" } });
  });

  it("has every key of every source, with its default where it has one", () => {
    const { host_metrics, postgres } = full.sources;
    const { tables, ...rest } = postgres;
    expect(Object.keys(host_metrics).sort()).toEqual(Object.keys(hostMetricsSettings.shape).sort());
    expect(host_metrics).toMatchObject({ interval: "10s", groups: GROUPS });
    expect(hostMetricsSettings.parse(host_metrics)).toMatchObject({
      interval: hostMetricsSettings.parse({}).interval,
    });

    expect(Object.keys(postgres).sort()).toEqual(Object.keys(postgresSettings.shape).sort());
    const parsed = postgresSettings.parse(postgres);
    const least = { table: "public.t", time: "ts", device: "d" };
    const defaults = postgresSettings.parse({ url: rest.url, tables: [least] });
    expect({ ...parsed, tables: [] }).toEqual({ ...defaults, tables: [] });
    const { time: _, device: __, table: ___, ...paces } = defaults.tables[0] ?? {};
    const { interval, late_window, history, batch_rows } = parsed.tables[0] ?? {};
    expect(paces).toMatchObject({ interval, late_window, history, batch_rows });
    const shown = new Set(tables.flatMap((table: object) => Object.keys(table)));
    expect(shown).toEqual(new Set(Object.keys(postgresSettings.shape.tables.element.shape)));
  });
});
