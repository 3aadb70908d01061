import { expect, it } from "vitest";
import { manifest } from "../../functions/manifest.ts";
import { routesOf } from "../../functions/manifest-row.ts";
import { consoleFileOf, consoleSecurityHeaders, isApiPath } from "./console-site.ts";

it("leaves every path of the API to the API", () => {
  const paths = manifest.flatMap(routesOf).map(({ path }) => path);
  expect(paths.filter((path) => !isApiPath(path))).toEqual([]);
  expect(consoleFileOf("/api/v1/nothing")).toBeUndefined();
});

it.each([
  ["/", "index.html"],
  ["/alerts", "index.html"],
  ["/alerts/alr_1", "index.html"],
  ["/settings/devices/sensor.1", "index.html"],
  ["/healthy", "index.html"],
  ["/assets/main-1.js", "assets/main-1.js"],
  ["/assets/nothing", "assets/nothing"],
])("answers %s with %s", (path, file) => {
  expect(consoleFileOf(path)).toBe(file);
});

it("allows neither inline script or style nor another host", () => {
  const policy = consoleSecurityHeaders["content-security-policy"] ?? "";
  expect(policy).toMatch(/^default-src 'none'/);
  expect(policy).not.toMatch(/unsafe|\*|http/);
});
