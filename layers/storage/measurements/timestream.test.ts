import { timestreamClients } from "../../../test/aws/timestream-stand-in/clients.ts";
import { startTimestream } from "../../../test/aws/timestream-stand-in/server.ts";
import { describeMeasurements } from "./port.contract.ts";
import { migrateTimestream, openTimestreamMeasurements } from "./timestream/measurements.ts";

describeMeasurements("the measurements in a stand-in for Timestream", async () => {
  const timestream = await startTimestream();
  const options = { ...timestreamClients(timestream.url), database: timestream.database };
  await migrateTimestream(options);
  const store = openTimestreamMeasurements(options);
  return {
    store,
    async close() {
      await store.close();
      await timestream.close();
    },
  };
});
