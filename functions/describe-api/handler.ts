import { readFile } from "node:fs/promises";
import { RefusedError } from "../../layers/core/errors.ts";
import { microsOf } from "../../layers/core/time.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers } from "../../layers/lambda/operation.ts";
import { topology } from "../../layers/topology/topology.ts";
import type { Dependencies } from "../dependencies.ts";
import { manifest, rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { operations as everyOperation } from "../operations.ts";
import { asyncApiDocument } from "./asyncapi.ts";
import { withCurrentExamples } from "./current-examples.ts";
import { openApiDocument } from "./openapi.ts";
import { operations } from "./schema.ts";

export type DescribeDependencies = Pick<Dependencies, "clock" | "logger" | "service"> & {
  /** Where RapiDoc's script lies: beside the bundle on AWS, under node_modules on one machine. */
  docsScript: URL;
};

export function createHandler(dependencies: DescribeDependencies): HttpHandler {
  const routes = routesOf(rowOf("describe-api"));
  return createHttpHandler({ ...dependencies, routes, operations, handlers: handlersOf(dependencies) });
}

const SCRIPT = "rapidoc-min.js";
const ONE_DAY = "public, max-age=86400";

/** RapiDoc styles its elements from script, hence `unsafe-inline` for styles alone. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; base-uri 'none'";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>telemetry-bus API</title>
<script type="module" src="docs/${SCRIPT}"></script>
</head>
<body>
<rapi-doc spec-url="openapi.json" load-fonts="false" show-header="false" render-style="read" schema-style="table"
  sort-tags="false" allow-server-selection="false" regular-font="system-ui, sans-serif"></rapi-doc>
</body>
</html>
`;

function handlersOf({
  clock,
  service,
  docsScript,
}: DescribeDependencies): OperationHandlers<typeof operations> {
  let document: ReturnType<typeof openApiDocument> | undefined;
  let busDocument: unknown;
  let script: Promise<Buffer> | undefined;
  return {
    async openApi() {
      document ??= openApiDocument({ manifest, operations: everyOperation, version: service.version });
      return { body: withCurrentExamples(document, microsOf(clock.now())) };
    },
    async asyncApi() {
      busDocument ??= asyncApiDocument({ manifest, topology: topology(), version: service.version });
      return { body: busDocument };
    },
    async docs() {
      return {
        body: PAGE,
        contentType: "text/html; charset=utf-8",
        headers: { "content-security-policy": POLICY },
      };
    },
    async docsAsset({ params }) {
      if (params.asset !== SCRIPT) throw new RefusedError(404, `no file ${params.asset}`);
      script ??= readFile(docsScript);
      const headers = { "cache-control": ONE_DAY };
      return { body: await script, contentType: "text/javascript; charset=utf-8", headers };
    },
  };
}
