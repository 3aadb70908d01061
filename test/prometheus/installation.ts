import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { unpackDebianPackages } from "../../apps/local/services/debian-packages.ts";
import { madeOnce } from "../../apps/local/services/made-once.ts";
import { defaultCacheDir } from "../../apps/local/services/rabbitmq-installation.ts";

/** Prometheus' programs on this machine. */
export interface PrometheusInstallation {
  readonly prometheus: string;
  readonly promtool: string;
}

/**
 * Those in the PATH, or else the distribution's package, unpacked into the cache folder on the first call.
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

const unpacked = (progress: (line: string) => void): Promise<string> =>
  madeOnce(join(defaultCacheDir(), `prometheus-${process.arch}`), (folder) =>
    unpackDebianPackages({ name: "prometheus", always: /^prometheus$/, folder, progress }),
  );
