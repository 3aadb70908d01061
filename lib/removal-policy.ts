import { RemovalPolicy } from "aws-cdk-lib";
import type { EnvironmentSettings } from "./environments.ts";

/** What becomes of what holds data or logs, when its stack no longer wants it. */
export const removalPolicyOf = ({ protectData }: Pick<EnvironmentSettings, "protectData">): RemovalPolicy =>
  protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
