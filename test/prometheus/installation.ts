import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { unpackDebianPackages } from "../../apps/local/services/debian-packages.ts";
import { defaultCacheDir } from "../../apps/local/services/rabbitmq-installation.ts";

/** Prometheus' programs on this machine. */
export interface PrometheusInstallation {
  readonly prometheus: string;
  readonly promtool: string;
}

/**
 * Those in the PATH, or else the distribution's package, unpacked into the cache folder on the first call. It is made
 * beside its place and moved there when whole.
 */
export async function installedPrometheus(progress: (line: string) => void): Promise<PrometheusInstallation> {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const folder = folders.find((each) => existsSync(join(each, "promtool")));
  return programsIn(folder ?? join(await unpacked(progress), "usr/bin"));
}

const programsIn = (folder: string): PrometheusInstallation => ({
  prometheus: join(folder, "prometheus"),
  promtool: join(folder, "promtool"),
});

async function unpacked(progress: (line: string) => void): Promise<string> {
  const place = join(defaultCacheDir(), `prometheus-${process.arch}`);
  if (existsSync(place)) return place;
  await mkdir(dirname(place), { recursive: true });
  const folder = await mkdtemp(`${place}.partial-`);
  try {
    const root = await unpackDebianPackages({ name: "prometheus", always: /^prometheus$/, folder, progress });
    await rename(root, place).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error; // another run was first
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return place;
}
