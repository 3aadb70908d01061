import { describe, expect, it } from "vitest";
import { parseMountinfo } from "./mounts.ts";
import { parseDiskstats, parseMeminfo, parseNetDev, parseStat } from "./proc.ts";

const stat = `cpu  75479 0 34539 126537 2260 0 1878 109 0 0
cpu0 100 1 50 800 40 2 5 2 90 0
cpu11 36545 0 19542 61130 1682 0 1432 64 0 0
intr 4212590 0 0 0
ctxt 9872
`;

const netDev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 20134480   61002    0    0    0     0          0         0 20134480   61002    0    0    0     0       0          0
  eth0: 512348812  400123    2    3    0     0          0         0 91823774  300456    4    5    0     0       0          0
br-1:a:90 1 0 0 0 0 0 0 80 1 0 0 0 0 0 0
`;

const meminfo = `MemTotal:        8127460 kB
MemFree:          212332 kB
MemAvailable:    5120000 kB
SwapTotal:       2097148 kB
SwapFree:        1048576 kB
HugePages_Total:       0
`;

const diskstats = `   7       0 loop0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
 254       0 vda 216747 27740 7955170 110949 739374 611507 30205160 221094 0 74932 354733 75460 1769 3962744 8096 267195 14592
   8       1 sda1 20 0
`;

const mountinfo = `22 27 0:21 / /proc rw,relatime - proc proc rw
24 27 0:6 / /dev rw,relatime - devtmpfs devtmpfs rw,size=12334460k
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
28 27 254:0 /var/lib/docker /mnt/bind rw,relatime - ext4 /dev/vda rw,discard
40 27 8:17 / /media/My\\040Disk rw,relatime shared:2 master:1 - xfs /dev/sdb1 rw
41 27 0:50 / /home/nfs rw,relatime - nfs4 server:/home rw
`;

describe("parseStat", () => {
  it("reads how long each core has idled, waiting for disks included, and guests not counted twice", () => {
    expect(parseStat(stat)).toEqual([
      { name: "0", idle: 840, total: 1_000 },
      { name: "11", idle: 62_812, total: 120_395 },
    ]);
  });
});

describe("parseNetDev", () => {
  it("reads what each interface has received, sent, and failed to, without the loopback", () => {
    expect(parseNetDev(netDev)).toEqual([
      { name: "eth0", received: 512_348_812, sent: 91_823_774, errors: 6, dropped: 8 },
      { name: "br-1:a", received: 90, sent: 80, errors: 0, dropped: 0 },
    ]);
  });
});

describe("parseDiskstats", () => {
  it("reads requests, bytes and busy time of each device, and nothing of a line that is cut short", () => {
    expect(parseDiskstats(diskstats)).toEqual([
      { name: "loop0", reads: 0, readBytes: 0, writes: 0, writtenBytes: 0, busyMs: 0 },
      {
        name: "vda",
        reads: 216_747,
        readBytes: 7_955_170 * 512,
        writes: 739_374,
        writtenBytes: 30_205_160 * 512,
        busyMs: 74_932,
      },
    ]);
  });
});

describe("parseMountinfo", () => {
  it("finds each disk once, where it was mounted first, and leaves networks and the kernel's own out", () => {
    expect(parseMountinfo(mountinfo)).toEqual(["/", "/media/My Disk"]);
  });

  it("takes a container's root for a disk", () => {
    expect(parseMountinfo("27 1 0:99 / / rw,relatime - overlay overlay rw,lowerdir=/a\n")).toEqual(["/"]);
  });
});

describe("parseMeminfo", () => {
  it("reads in bytes what there is and what can still be had", () => {
    expect(parseMeminfo(meminfo)).toEqual({
      total: 8_127_460 * 1_024,
      available: 5_120_000 * 1_024,
      swapTotal: 2_097_148 * 1_024,
      swapFree: 1_048_576 * 1_024,
    });
  });

  it("reads nothing of a kernel that does not say what is available", () => {
    expect(parseMeminfo("MemTotal: 1 kB\n")).toBeUndefined();
  });
});

describe("a text that is not there", () => {
  it.each([parseStat, parseNetDev, parseDiskstats, parseMountinfo])("is nothing to %o", (parse) => {
    expect(parse("")).toEqual([]);
  });
});
