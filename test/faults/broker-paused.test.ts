import { it } from "vitest";
import { survivesBrokerPauses } from "./broker-pause.ts";

it("loses nothing and counts nothing twice when the broker freezes under load and thaws again [BUS-06]", {
  timeout: 240_000,
}, async () => {
  await survivesBrokerPauses([500, 12_000]);
});
