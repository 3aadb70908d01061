import { Fn, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";

/** Where API Gateway answers for an API of this stack. */
export const hostOf = (scope: Construct, apiId: string): string => {
  const { region, urlSuffix } = Stack.of(scope);
  return Fn.join(".", [apiId, "execute-api", region, urlSuffix]);
};
