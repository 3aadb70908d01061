import { expect, it } from "vitest";
import { consoleUnderTest } from "./browser.ts";
import { bundled } from "./bundled.ts";

const underTest = consoleUnderTest();

it("asks once when the tab is seen again, though the API answered another while it was not", async () => {
  const page = await underTest.open({ key: null });
  await page.clock.install();
  await page.evaluate(await bundled("in-page/polling.ts", "polling"));
  await page.evaluate(`
    window.isHidden = true;
    Object.defineProperty(document, "hidden", { get: () => window.isHidden });
    window.asked = 0;
    polling.poll({
      ask: async () => { if (++window.asked === 1) throw new polling.ApiError({ status: 0, detail: "" }); },
      everyMs: 1000,
      onAnswer: () => {},
      onError: () => {},
    });`);
  const asked = () => page.evaluate<number>("window.asked");
  await page.clock.runFor(5_000);
  expect(await asked()).toBe(1);
  await page.evaluate("polling.noteSilence(); polling.noteAnswer();");
  expect(await asked()).toBe(2);
  await page.clock.runFor(5_000);
  await page.evaluate("window.isHidden = false; document.dispatchEvent(new Event('visibilitychange'));");
  expect(await asked()).toBe(3);
  await page.clock.runFor(1_500);
  expect(await asked()).toBe(4);
});
