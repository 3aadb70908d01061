import { environmentsNamed } from "../../../../lib/environments.ts";
import { UsageError } from "../../verb.ts";
import type { Step } from "../examine.ts";
import { Skipped } from "../trouble.ts";
import type { Account, AccountCheck } from "./account.ts";
import { bootstrap } from "./bootstrap.ts";
import { broker } from "./broker.ts";
import { concurrency } from "./concurrency.ts";
import { database } from "./database.ts";
import { identify } from "./identity.ts";
import { mail } from "./mail.ts";
import { openSearch } from "./opensearch.ts";
import { quotaChecks } from "./quotas.ts";
import { timestream } from "./timestream.ts";

export const accountChecks: readonly AccountCheck[] = [
  bootstrap,
  broker,
  database,
  timestream,
  openSearch,
  mail,
  concurrency,
  ...quotaChecks,
];

/** Whether the account and region can have what the environment asks for: asks only, and changes nothing. */
export function accountSteps(environment: string): Step[] {
  const [settings, ...more] = named(environment);
  if (!settings || more.length > 0) throw new UsageError("--env names one environment");
  let account: Account | undefined;
  const first: Step = {
    name: "credentials",
    async run() {
      const { caller, ...found } = await identify();
      account = { ...found, settings };
      return `${caller} in ${account.region}`;
    },
  };
  const others = accountChecks.map(
    ({ name, needless, run }): Step => ({
      name,
      async run() {
        const why = needless?.(settings);
        if (why !== undefined) throw new Skipped(`not needed: ${why}`);
        if (!account) throw new Skipped("not checked, since what it needs does not work");
        return run(account);
      },
    }),
  );
  return [first, ...others];
}

function named(environment: string) {
  try {
    return environmentsNamed(environment);
  } catch (cause) {
    throw new UsageError((cause as Error).message.replace("-c env=…", "--env"), { cause });
  }
}
