import type { TestProject } from "vitest/node";
import { startContainer, wantsContainers } from "../containers/start.ts";
import { startOpenSearch } from "./node.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** An OpenSearch 2 that asks nobody who he is. Tests take a prefix of their own. */
    readonly openSearchUrl: string;
  }
}

/**
 * OPENSEARCH_URL's node; else compose.yaml's with TEST_CONTAINERS=1, or one of its own, brought up for the whole run and
 * taken away at its end.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.OPENSEARCH_URL;
  if (given) {
    project.provide("openSearchUrl", given.replace(/\/$/, ""));
    return async () => {};
  }
  if (wantsContainers()) {
    const container = await startContainer("opensearch", console.log);
    project.provide("openSearchUrl", `http://${container.at(9200)}`);
    return () => container.stop();
  }
  const node = await startOpenSearch((line) => console.log(line));
  project.provide("openSearchUrl", node.url);
  return () => node.stop();
}
