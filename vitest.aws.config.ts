import { defineConfig } from "vitest/config";
import config from "./vitest.config.ts";

/** What speaks to AWS itself, against moto's server. */
export default defineConfig({
  test: {
    ...config.test,
    include: ["**/*.aws.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", "**/cdk.out/**"],
    globalSetup: ["test/aws/setup.ts"],
  },
});
