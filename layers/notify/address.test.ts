import { describe, expect, it } from "vitest";
import { AddressError, checkAddress, checkUrl } from "./address.ts";

const strict = {};
const loose = { allowLoopback: true };

describe("a channel's URL", () => {
  it.each([
    "https://hooks.slack.com/services/T0/B0/x",
    "https://example.com:8443/hook?key=1",
    "https://8.8.8.8/",
    "https://[2606:4700::1111]/",
  ])("may be %s", (url) => {
    expect(checkUrl(url, strict).href).toBe(url);
  });

  it.each([
    ["http://example.com/", "expected an https:// URL, got http://"],
    ["file:///etc/passwd", "expected an https:// URL, got file://"],
    ["ftp://example.com/", "expected an https:// URL, got ftp://"],
    ["hooks.slack.com/services", "expected a URL"],
    ["https://user:secret@example.com/", "expected a URL without user name and password"],
    ["https://localhost/", "localhost is this machine itself"],
    ["https://api.localhost./", "api.localhost is this machine itself"],
    ["https://127.0.0.1/", "127.0.0.1 is not a public address"],
    ["https://127.1/", "127.0.0.1 is not a public address"],
    ["https://2130706433/", "127.0.0.1 is not a public address"],
    ["https://0x7f.0.0.1/", "127.0.0.1 is not a public address"],
    ["https://0/", "0.0.0.0 is not a public address"],
    ["https://169.254.169.254/latest/meta-data/", "169.254.169.254 is not a public address"],
    ["https://[::1]/", "::1 is not a public address"],
    ["https://[::ffff:10.0.0.1]/", "::ffff:a00:1 is not a public address"],
  ])("may not be %s", (url, message) => {
    expect(() => checkUrl(url, strict)).toThrow(new AddressError(message));
  });

  it("may be this machine's own where that is allowed, by http too, but nobody else's by http", () => {
    for (const url of ["http://127.0.0.1:8080/", "http://localhost/", "https://[::1]/"]) {
      expect(checkUrl(url, loose)).toBeInstanceOf(URL);
    }
    expect(() => checkUrl("http://8.8.8.8/", loose)).toThrow("http leads to this machine only");
    expect(() => checkUrl("https://10.0.0.1/", loose)).toThrow("10.0.0.1 is not a public address");
  });
});

describe("an address that is connected to", () => {
  const url = new URL("https://example.com/");

  it.each(["8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001:82a::200e"])("may be %s", (address) => {
    expect(checkAddress(address, url, strict)).toBeUndefined();
  });

  it.each([
    ["this host", "0.0.0.0"],
    ["loopback", "127.0.0.1"],
    ["all of loopback", "127.255.255.254"],
    ["private", "10.1.2.3"],
    ["private", "172.16.0.1"],
    ["private", "172.31.255.255"],
    ["private", "192.168.1.1"],
    ["carrier-grade NAT", "100.64.0.1"],
    ["link-local, where clouds keep credentials", "169.254.169.254"],
    ["documentation", "192.0.2.1"],
    ["benchmarking", "198.18.0.1"],
    ["multicast", "224.0.0.1"],
    ["reserved", "240.0.0.1"],
    ["broadcast", "255.255.255.255"],
    ["unspecified", "::"],
    ["loopback", "::1"],
    ["IPv4-mapped", "::ffff:127.0.0.1"],
    ["IPv4-mapped public", "::ffff:8.8.8.8"],
    ["IPv4-compatible", "::127.0.0.1"],
    ["IPv4-translated", "::ffff:0:127.0.0.1"],
    ["NAT64", "64:ff9b::7f00:1"],
    ["local NAT64", "64:ff9b:1::a00:1"],
    ["6to4", "2002:7f00:1::"],
    ["Teredo", "2001:0:7f00:1::"],
    ["unique local", "fd00:ec2::254"],
    ["link-local", "fe80::1"],
    ["link-local with a zone", "fe80::1%eth0"],
    ["site-local", "fec0::1"],
    ["multicast", "ff02::1"],
    ["documentation", "2001:db8::1"],
    ["discard", "100::1"],
    ["no address at all", "example.com"],
  ])("may not be %s: %s", (_, address) => {
    expect(() => checkAddress(address, url, strict)).toThrow(AddressError);
  });
});
