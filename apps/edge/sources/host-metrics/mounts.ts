// File systems that keep files on a disk of this machine. Those of a network are left out: one whose server is
// away holds up whoever asks for its free space.
const ON_DISK = new Set(
  "ext2 ext3 ext4 xfs btrfs zfs f2fs jfs reiserfs bcachefs nilfs2 vfat exfat ntfs ntfs3 fuseblk hfsplus ubifs".split(
    " ",
  ),
);
/** What a container has for its root is on a disk, too. */
const ROOT = "/";

/**
 * `/proc/self/mountinfo` (proc_pid_mountinfo(5)): where disks are mounted, each file system once, by the mount
 * that came first.
 */
export function parseMountinfo(text: string): string[] {
  const paths = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [fields = "", after = ""] = line.split(" - ");
    const [, , device, , point] = fields.split(" ");
    const [type = ""] = after.split(" ");
    if (!device || !point || paths.has(device)) continue;
    if (ON_DISK.has(type) || point === ROOT) paths.set(device, unescaped(point));
  }
  return [...paths.values()];
}

/** Spaces, tabs, line ends and backslashes are written as three octal digits. */
const unescaped = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
