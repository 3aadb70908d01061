import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { openSender } from "../../apps/edge/forward/sender.ts";

// A certificate that nobody else trusts, good for 127.0.0.1 until 2126, and its key.
const path = (name: string) => fileURLToPath(new URL(`certificate/${name}.pem`, import.meta.url));

it("speaks to a platform whose certificate it was told to trust, and to no other", async () => {
  const server = createServer(
    { key: readFileSync(path("key")), cert: readFileSync(path("certificate")) },
    (_, response) => response.writeHead(202).end("{}"),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const target = { url, api_key: "key_of.nobody-in-particular", timeout: 5_000 };
  const request = { method: "POST", path: "/api/v1/logs", body: Buffer.from("[]") } as const;

  const trusting = await openSender({ ...target, ca: path("certificate") }, "test");
  expect(await trusting.send(request)).toMatchObject({ status: 202, body: {} });
  trusting.close();
  const wary = await openSender(target, "test");
  await expect(wary.send(request)).rejects.toThrow("self-signed certificate");
  wary.close();
  await expect(openSender({ ...target, ca: "/nowhere.pem" }, "test")).rejects.toThrow("forward.ca: ENOENT");

  server.closeAllConnections();
  server.close();
});
