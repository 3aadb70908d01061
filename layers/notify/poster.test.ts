import type { LookupAddress } from "node:dns";
import { afterEach, describe, expect, it } from "vitest";
import { type Received, type Receiver, type Said, startReceiver } from "../../test/receiver.ts";
import { TransientError } from "../core/errors.ts";
import { AddressError } from "./address.ts";
import { createPoster, type PosterOptions } from "./poster.ts";

let receivers: Receiver[] = [];
const receiver = async (say: (request: Received) => Said) => {
  const started = await startReceiver(say);
  receivers.push(started);
  return started;
};
afterEach(async () => {
  await Promise.all(receivers.map((each) => each.close()));
  receivers = [];
});

const local = (options: PosterOptions = {}) => createPoster({ allowLoopback: true, ...options });
const resolvesTo = (...addresses: string[]): PosterOptions["resolve"] => {
  return async () =>
    addresses.map((address): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 }));
};

describe("a post", () => {
  it("takes method, headers and body there, and the answer back", async () => {
    const there = await receiver(() => ({ status: 429, text: "slow down", headers: { "retry-after": "7" } }));
    const answer = await local().post(
      `${there.url}/a?b=1`,
      { "content-type": "application/json" },
      '{"ü":1}',
    );
    expect(answer).toEqual({ status: 429, text: "slow down", retryAfter: "7" });
    expect(there.received).toMatchObject([
      {
        method: "POST",
        path: "/a?b=1",
        body: '{"ü":1}',
        headers: { "content-type": "application/json", "content-length": "8" },
      },
    ]);
  });

  it("follows no redirect", async () => {
    const inside = await receiver(() => ({ status: 200, text: "secret" }));
    const there = await receiver(() => ({ status: 307, headers: { location: inside.url } }));
    expect((await local().post(there.url, {}, "{}")).status).toBe(307);
    expect(inside.received).toEqual([]);
  });

  it("reads the beginning of an answer that never ends", async () => {
    const there = await receiver(() => ({ status: 200, text: "x".repeat(5_000_000) }));
    expect((await local().post(there.url, {}, "{}")).text).toHaveLength(4_096);
  });

  it("gives up on who does not answer", async () => {
    const there = await receiver(() => "nothing");
    const posting = local({ timeoutMs: 50 }).post(there.url, {}, "{}");
    await expect(posting).rejects.toThrow(TransientError);
    await expect(posting).rejects.toThrow(/^127.0.0.1:\d+: no answer within 50 ms$/);
  });

  it("says who refused the connection, or broke it, or has no name", async () => {
    const broken = await receiver(() => "silence");
    await expect(local().post(broken.url, {}, "{}")).rejects.toThrow(/ECONNRESET/);
    await expect(local().post("http://127.0.0.1:1/", {}, "{}")).rejects.toThrow("127.0.0.1:1: ECONNREFUSED");
    const nameless = createPoster({
      resolve: async () => Promise.reject(Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" })),
    });
    await expect(nameless.post("https://nowhere.invalid/", {}, "{}")).rejects.toThrow(
      "nowhere.invalid: ENOTFOUND",
    );
  });
});

describe("where a post may go", () => {
  it("is decided by the address, not by the name", async () => {
    const there = await receiver(() => ({ status: 200 }));
    const { port } = new URL(there.url);
    const poster = createPoster({ resolve: resolvesTo("127.0.0.1") });
    await expect(poster.post(`https://looks-public.example:${port}/`, {}, "{}")).rejects.toThrow(
      new AddressError("127.0.0.1 is not a public address"),
    );
    expect(there.received).toEqual([]);
  });

  it("is none where one address of several is not allowed", async () => {
    const poster = createPoster({ resolve: resolvesTo("8.8.8.8", "10.0.0.1") });
    await expect(poster.post("https://two.example/", {}, "{}")).rejects.toThrow(
      "10.0.0.1 is not a public address",
    );
  });

  it("is where the name led when it was checked, whatever it answers later", async () => {
    const there = await receiver(() => ({ status: 200 }));
    const { port } = new URL(there.url);
    let asked = 0;
    const poster = local({
      resolve: async () => [{ address: asked++ === 0 ? "127.0.0.1" : "10.0.0.1", family: 4 }],
    });
    await poster.post(`http://rebinding.localhost:${port}/`, {}, "{}");
    expect(asked).toBe(1);
    await expect(poster.post(`http://rebinding.localhost:${port}/`, {}, "{}")).rejects.toThrow(AddressError);
    expect(there.received).toHaveLength(1);
  });

  it("is nowhere else by http than on this machine", async () => {
    const poster = local({ resolve: resolvesTo("8.8.8.8") });
    await expect(poster.post("http://public.localhost/", {}, "{}")).rejects.toThrow(
      "http leads to this machine only",
    );
  });
});
