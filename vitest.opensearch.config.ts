import { defineConfig } from "vitest/config";
import config from "./vitest.config.ts";

/** What speaks to OpenSearch, against a node of its own or OPENSEARCH_URL's. */
export default defineConfig({
  test: {
    ...config.test,
    include: ["**/*.opensearch.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", "**/cdk.out/**"],
    globalSetup: ["test/opensearch/setup.ts"],
  },
});
