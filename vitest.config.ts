import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: [
      "**/node_modules/**",
      "**/dist/**",
      "**/cdk.out/**",
      "**/*.long.test.ts",
      "**/*.aws.test.ts",
      "**/*.opensearch.test.ts",
      "**/*.schemathesis.test.ts",
    ],
    globalSetup: ["test/services.ts"],
    // Whoever names a seed gets every random input again; without one each run looks elsewhere.
    setupFiles: process.env.TEST_SEED ? ["test/seed.ts"] : [],
    watch: false,
    // Its modules import folders, as Node.js itself does not.
    server: { deps: { inline: ["dt-sql-parser"] } },
    // The broker and the database of the run need a core too.
    pool: "forks",
    maxWorkers: 2,
    // Of a condition that is waited for. What comes to pass costs nothing more; machines are slow, and batches are gathered.
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 60_000,
  },
});
