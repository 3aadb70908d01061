import type { TestProject } from "vitest/node";
import { startMoto } from "./moto.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where moto answers as S3, and as every other service. Tests make buckets of their own: `freshBucket`. */
    readonly s3Url: string;
    /** The interpreter that has botocore. */
    readonly awsPython: string;
  }
}

/** Brings up moto's server for the whole run, and takes it away at its end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const moto = await startMoto((line) => console.log(line));
  project.provide("s3Url", moto.url);
  project.provide("awsPython", moto.python);
  return () => moto.stop();
}
