import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { openApiDocument } from "../../functions/describe-api/openapi.ts";
import { manifest } from "../../functions/manifest.ts";
import { operations } from "../../functions/operations.ts";
import { type ApiDocument, apiModule } from "./api-module.ts";

const root = join(import.meta.dirname, "..", "..");

export const API_MODULE = join(root, "apps", "console", "api", "operations.ts");

/** The text of the console's module of the API, as it should be committed. */
export function generateApi(): string {
  const document = openApiDocument({ manifest, operations, version: "0.0.0" }) as unknown as ApiDocument;
  return execFileSync(
    join(root, "node_modules", ".bin", "biome"),
    ["check", "--write", `--stdin-file-path=${API_MODULE}`],
    {
      cwd: root,
      input: apiModule(document),
      encoding: "utf8",
    },
  );
}
