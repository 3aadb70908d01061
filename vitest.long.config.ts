import { defineConfig } from "vitest/config";
import config from "./vitest.config.ts";

/** The same faults, for as long as they last outside of tests. */
export default defineConfig({
  test: {
    ...config.test,
    include: ["**/*.long.test.ts"],
    exclude: ["**/node_modules/**"],
    testTimeout: 30 * 60_000,
  },
});
