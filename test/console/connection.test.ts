import { expect, it } from "vitest";
import { consoleUnderTest } from "./browser.ts";

const underTest = consoleUnderTest();

const send = (value: number) =>
  underTest.platform.post("/api/v1/telemetry/devices/pump-1/telemetry", {
    metric_name: "flow",
    timestamp: new Date().toISOString(),
    value,
  });

/** Requests that nobody answers, and the socket that is not let in. */
const whileAway = /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|WebSocket|status of 50\d/;

it("shows that the platform is away, keeps what it knew, and the live chart goes on when it is back", async () => {
  await send(1);
  const page = await underTest.open({
    path: "/explore?device=pump-1&metric=flow&range=15m&live=1",
    expectedComplaints: whileAway,
  });
  const line = page.locator("figure > table tbody tr");
  const points = async () => Number(await line.locator("td").first().textContent());
  const last = () => line.locator("td").nth(1).textContent();
  await page.getByText("Receiving").waitFor();
  await send(2);
  await expect.poll(last).toBe("2");
  await page.evaluate("window.sameDocument = true");
  const overview = await underTest.open({ expectedComplaints: whileAway });
  await overview.getByText("Connected").waitFor();
  await overview.getByText("No alert is active.").waitFor();

  await underTest.platform.restart(async () => {
    await page.getByText("Live connection lost: trying again").waitFor();
    await overview.getByText("No connection").waitFor();
    await overview.getByText("This is from").first().waitFor();
    await overview
      .getByText(/^was so/)
      .first()
      .waitFor();
    expect(await overview.getByText("No alert is active.").isVisible()).toBe(true);
    expect(await last()).toBe("2");
  });

  await overview.getByText("Connected").waitFor({ timeout: 40_000 });
  await expect.poll(() => overview.getByText("This is from").count(), { timeout: 40_000 }).toBe(0);
  await page.getByText("Receiving").waitFor({ timeout: 40_000 });
  await send(3);
  await expect.poll(last, { timeout: 20_000 }).toBe("3");
  expect(await points()).toBe(3);
  expect(await page.evaluate("window.sameDocument")).toBe(true);
}, 180_000);
