import { asError } from "../../../../layers/core/errors.ts";
import { type AccountCheck, fault } from "./account.ts";

export const timestream: AccountCheck = {
  name: "Timestream for LiveAnalytics",
  needless: ({ measurements }) =>
    measurements === "timestream" ? undefined : `measurements are in ${measurements}`,
  async run({ region }) {
    const { DescribeEndpointsCommand, TimestreamWriteClient } = await import(
      "@aws-sdk/client-timestream-write"
    );
    const client = new TimestreamWriteClient({ region });
    try {
      // What every call begins with, and what is refused first: it takes no table and no right but itself.
      await client.send(new DescribeEndpointsCommand({}));
      return `this account is one of its customers, in ${region}`;
    } catch (cause) {
      const { name, message } = asError(cause);
      // Also what a caller is told who lacks the right: the message tells which of the two it is.
      throw fault(
        `${name}: ${message}`,
        'it has taken no new customers since 2025-06-20: set measurements: "postgres" in lib/environments.ts, or allow timestream:DescribeEndpoints',
      );
    }
  },
};
