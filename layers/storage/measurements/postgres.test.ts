import { freshDatabase } from "../../../test/fresh.ts";
import { describeMeasurements } from "./port.contract.ts";
import { migrateMeasurements, openPostgresMeasurements } from "./postgres/measurements.ts";

describeMeasurements("the measurements in PostgreSQL", async () => {
  const database = await freshDatabase();
  await migrateMeasurements(database.url);
  const store = openPostgresMeasurements({ connectionString: database.url });
  return {
    store,
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
});
