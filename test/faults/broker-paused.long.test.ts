import { it } from "vitest";
import { survivesBrokerPauses } from "./broker-pause.ts";

it("loses nothing and counts nothing twice when the broker freezes for longer than its heartbeats last [BUS-06]", async () => {
  await survivesBrokerPauses([1_000, 20_000, 90_000, 5_000]);
});
