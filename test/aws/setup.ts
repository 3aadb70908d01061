import type { TestProject } from "vitest/node";
import { startContainer, wantsContainers } from "../containers/start.ts";
import { startMoto } from "./moto.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where moto answers as S3, and as every other service. Tests make buckets of their own: `freshBucket`. */
    readonly s3Url: string;
    /** The interpreter that has botocore. */
    readonly awsPython: string;
  }
}

/**
 * TEST_AWS_URL's emulator; else compose.yaml's with TEST_CONTAINERS=1, or moto's server, brought up for the whole run and
 * taken away at its end.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_AWS_URL;
  if (given) {
    project.provide("s3Url", given.replace(/\/$/, ""));
    return async () => {};
  }
  if (wantsContainers()) {
    const localStack = await startContainer("localstack", console.log);
    project.provide("s3Url", `http://${localStack.at(4566)}`);
    return () => localStack.stop();
  }
  const moto = await startMoto((line) => console.log(line));
  project.provide("s3Url", moto.url);
  project.provide("awsPython", moto.python);
  return () => moto.stop();
}
