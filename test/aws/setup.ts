import type { TestProject } from "vitest/node";
import { startMoto } from "./moto.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where moto answers as S3. Tests make buckets of their own: `freshBucket`. */
    readonly s3Url: string;
  }
}

/** Brings up moto's server for the whole run, and takes it away at its end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const moto = await startMoto((line) => console.log(line));
  project.provide("s3Url", moto.url);
  return () => moto.stop();
}
