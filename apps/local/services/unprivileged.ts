import { chown } from "node:fs/promises";

/** Nobody and nogroup: the ids that the kernel itself shows where it has no other. */
const nobody = 65_534;

const isLinuxRoot = process.platform === "linux" && process.getuid?.() === 0;

/**
 * The start of a command line that runs the rest of it as somebody who is not root, since PostgreSQL refuses to
 * run as root. Empty if we are not root. The one capability lets it reach folders that only root may enter, such
 * as a home in /root, and the security bit makes access(2), by which PostgreSQL finds its own programs, heed it
 * too. A user namespace would do instead, but containers forbid it.
 */
export const unprivileged: readonly string[] = isLinuxRoot
  ? [
      "setpriv",
      `--reuid=${nobody}`,
      `--regid=${nobody}`,
      "--clear-groups",
      "--securebits=+no_setuid_fixup",
      "--inh-caps=-all,+dac_override",
      "--ambient-caps=-all,+dac_override",
    ]
  : [];

/** Gives a file or folder to whom `unprivileged` becomes. */
export async function giveToUnprivileged(path: string): Promise<void> {
  if (isLinuxRoot) await chown(path, nobody, nobody);
}
