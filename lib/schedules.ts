import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import type { Function as RunFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { FunctionRow } from "../functions/manifest-row.ts";

/** Runs the function by the clock, as its row says. */
export function runByTheClock(scope: Construct, { name, triggers }: FunctionRow, fn: RunFunction): void {
  for (const trigger of triggers) {
    if (trigger.kind !== "schedule") continue;
    // Lambda would try a failed run twice more, minutes later; EventBridge, one that it could not hand over.
    fn.configureAsyncInvoke({ retryAttempts: 0 });
    new Rule(scope, `${name}-every-${trigger.everySeconds}s`, {
      schedule: Schedule.rate(Duration.seconds(trigger.everySeconds)),
      // The next run does what a failed one left.
      targets: [new LambdaFunction(fn, { retryAttempts: 0 })],
    });
  }
}
