import { defineConfig } from "vitest/config";
import config from "./vitest.config.ts";

/** What the OpenAPI document says, held against the platform by requests that nobody thought of. */
export default defineConfig({
  test: {
    ...config.test,
    include: ["**/*.schemathesis.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", "**/cdk.out/**"],
    testTimeout: 5 * 60_000,
  },
});
