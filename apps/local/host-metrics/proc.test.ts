import { describe, expect, it } from "vitest";
import { parseMeminfo, parseNetDev } from "./proc.ts";

const netDev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 20134480   61002    0    0    0     0          0         0 20134480   61002    0    0    0     0       0          0
  eth0: 512348812  400123    0    0    0     0          0         0 91823774  300456    0    0    0     0       0          0
br-1:a:90 1 0 0 0 0 0 0 80 1 0 0 0 0 0 0
`;

const meminfo = `MemTotal:        8127460 kB
MemFree:          212332 kB
MemAvailable:    5120000 kB
HugePages_Total:       0
`;

describe("parseNetDev", () => {
  it("reads what each interface has received and sent, without the loopback", () => {
    expect(parseNetDev(netDev)).toEqual([
      { name: "eth0", received: 512_348_812, sent: 91_823_774 },
      { name: "br-1:a", received: 90, sent: 80 },
    ]);
  });

  it("reads nothing of an empty text", () => {
    expect(parseNetDev("")).toEqual([]);
  });
});

describe("parseMeminfo", () => {
  it("reads in bytes what there is and what can still be had", () => {
    expect(parseMeminfo(meminfo)).toEqual({ total: 8_127_460 * 1_024, available: 5_120_000 * 1_024 });
  });

  it("reads nothing of a kernel that does not say what is available", () => {
    expect(parseMeminfo("MemTotal: 1 kB\n")).toBeUndefined();
  });
});
