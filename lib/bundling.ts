import { dirname, join } from "node:path";
import { type BundlingOptions, LogLevel, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";

/** Files and folders that a function reads at run time, by its name: from the repository to beside its bundle. */
const carried: Readonly<Record<string, readonly { from: string; to: string }[]>> = {
  "describe-api": [{ from: "node_modules/rapidoc/dist/rapidoc-min.js", to: "rapidoc-min.js" }],
  "migrate-storage": [
    { from: "layers/storage/registry/postgres/migrations", to: "migrations/registry" },
    { from: "layers/storage/measurements/postgres/migrations", to: "migrations/measurements" },
    { from: "layers/storage/logs/postgres/migrations", to: "migrations/logs" },
  ],
};

/** One minified module per function, bundled on this machine: esbuild is a dependency, Docker is not. */
export const bundlingOf = (name: string): BundlingOptions => ({
  format: OutputFormat.ESM,
  logLevel: LogLevel.WARNING,
  mainFields: ["module", "main"],
  minify: true,
  // Errors are told apart, and stored, by the names of their classes.
  keepNames: true,
  sourceMap: true,
  sourcesContent: false,
  // The runtime has AWS's clients; pg asks for pg-native only if told to.
  externalModules: ["@aws-sdk/*", "@smithy/*", "pg-native"],
  // Dependencies in CommonJS still call `require`.
  banner: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);',
  commandHooks: {
    beforeBundling: () => [],
    beforeInstall: () => [],
    afterBundling: (repository, bundle) =>
      (carried[name] ?? []).flatMap(({ from, to }) => [
        `mkdir -p "${dirname(join(bundle, to))}"`,
        `cp -R "${join(repository, from)}" "${join(bundle, to)}"`,
      ]),
  },
});
