import { describe, expect, it } from "vitest";
import { consoleUnderTest, expectAccessible, screenshots } from "./browser.ts";

const underTest = consoleUnderTest();

/** Chromium notes each answer of 400 and above. */
const statusOf = (status: number) => new RegExp(`status of ${status}`);

describe("the console's files", () => {
  it("are served without a credential, under a policy that allows no inline script and no other host", async () => {
    const page = await fetch(underTest.platform.url);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("cache-control")).toBe("no-cache");
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    expect(page.headers.get("referrer-policy")).toBe("no-referrer");
    const html = await page.text();
    expect(html).not.toMatch(/<style|style=|<script(?![^>]* src=)|https?:\/\/(?!www\.w3\.org)/);
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1];
    const asset = await fetch(`${underTest.platform.url}${script}`);
    expect(asset.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  });

  it.each(["/assets/none.js", "/api/v1/none", "/v1/none", "/assets/..%2f..%2fpackage.json"])(
    "answer 404 to %s, not with the page",
    async (path) => {
      expect((await fetch(`${underTest.platform.url}${path}`)).status).toBe(404);
    },
  );
});

describe("signing in", () => {
  it("takes a key, keeps it for the tab, and forgets it on signing out", async () => {
    const page = await underTest.open({ key: null, path: "/?zoom=1", expectedComplaints: statusOf(401) });
    const field = page.getByLabel("API key or token");
    await screenshots(page, "sign-in");
    await field.fill("key_nobody.knows-this");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("The platform does not know this key or token").waitFor();
    await expectAccessible(page);

    await field.fill(underTest.platform.apiKey);
    await field.press("Enter");
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    expect(new URL(page.url()).search).toBe("?zoom=1");
    await page.reload();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    expect(await page.evaluate("JSON.stringify(localStorage)")).not.toContain(underTest.platform.apiKey);

    await page.getByRole("button", { name: "Sign out" }).click();
    await field.waitFor();
    expect(await page.evaluate("JSON.stringify(sessionStorage)")).toBe("{}");
  });

  it("takes the key of a link's fragment, and leaves it neither in the address bar nor behind the button Back", async () => {
    const page = await underTest.open();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    expect(page.url()).toBe(`${underTest.platform.url}/`);
    const browser = await page.context().newCDPSession(page);
    const { entries } = await browser.send("Page.getNavigationHistory");
    expect(entries.map(({ url }) => url)).toEqual(["about:blank", page.url()]);
  });

  it("is asked for again when the key is revoked, and leads back to where one was", async () => {
    const { body } = await underTest.platform.post<{ api_key: string }>("/api/v1/keys", {
      name: "of an hour",
      scopes: ["read"],
    });
    const page = await underTest.open({
      key: body.api_key,
      path: "/?a=b",
      expectedComplaints: statusOf(401),
    });
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.evaluate("sessionStorage.setItem('credential', 'key_x.revoked')");
    await page.reload();
    await page.getByText("Signed out:").waitFor();
    await page.getByLabel("API key or token").fill(body.api_key);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    expect(new URL(page.url()).search).toBe("?a=b");
  });

  it("lets in a key that may send only, and says what it may not see", async () => {
    const { body } = await underTest.platform.post<{ api_key: string }>("/api/v1/keys", {
      name: "sender",
      scopes: ["ingest"],
    });
    const page = await underTest.open({ key: body.api_key, expectedComplaints: statusOf(403) });
    await page.getByText("Your credential may not see or do this").first().waitFor();
    expect(await page.getByRole("button", { name: "Sign out" }).isVisible()).toBe(true);
  });
});

describe("the frame", () => {
  it("shows the times in local or in UTC, and the colours that one wants, and remembers both", async () => {
    const page = await underTest.open();
    await page.getByRole("button", { name: "UTC" }).click();
    await page.getByRole("button", { name: "Dark" }).click();
    await page.reload();
    expect(await page.getByRole("button", { name: "UTC" }).getAttribute("aria-pressed")).toBe("true");
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
  });

  it("is used by the keyboard: the first stop skips to the content", async () => {
    const page = await underTest.open();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.tagName")).toBe("MAIN");
  });

  it("has its navigation behind a button on a phone, and never scrolls sideways", async () => {
    const page = await underTest.open({ viewport: { width: 390, height: 844 } });
    await page.getByText("Points by hour").waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    const navigation = page.getByRole("navigation", { name: "Views" });
    expect(await navigation.isVisible()).toBe(false);
    await page.getByRole("button", { name: "Menu" }).click();
    expect(await navigation.isVisible()).toBe(true);
    await expectAccessible(page);
  });

  it("says that there is nothing at an address that no view has", async () => {
    const page = await underTest.open({ path: "/no-such-view/%" });
    await page.getByRole("heading", { name: "There is nothing at this address" }).waitFor();
  });

  it("says when the connection is lost, keeps what it knew, and heals by itself", async () => {
    const page = await underTest.open({ expectedComplaints: /ERR_INTERNET_DISCONNECTED/ });
    await page.getByText("Connected").waitFor();
    await page.getByText("No alert is active.").waitFor();
    await page.context().setOffline(true);
    await page.getByText("No connection").waitFor();
    await page.getByText("This is from").first().waitFor();
    expect(await page.getByText("No alert is active.").isVisible()).toBe(true);
    await page.context().setOffline(false);
    await page.getByText("Connected").waitFor({ timeout: 25_000 });
  });
});
