import { asError } from "../../../../layers/core/errors.ts";
import { Trouble } from "../trouble.ts";
import type { Account } from "./account.ts";

/** @throws {Trouble} no credentials or no region, or AWS knows neither */
export async function identify(): Promise<Pick<Account, "id" | "region"> & { caller: string }> {
  const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts").catch((cause) => {
    throw new Trouble(`AWS's clients are not there: ${cause.message}`, "run it in a checkout, after npm ci");
  });
  try {
    const client = new STSClient({});
    const region = await client.config.region();
    const { Account: id = "", Arn: caller = "" } = await client.send(new GetCallerIdentityCommand({}));
    return { id, region, caller };
  } catch (cause) {
    const todo = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_REGION";
    throw new Trouble(asError(cause).message, todo);
  }
}
