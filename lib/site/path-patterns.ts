import { manifest } from "../../functions/manifest.ts";
import { routesOf } from "../../functions/manifest-row.ts";

/** Of the WebSockets, which are no routes of the manifest: the API's answers name them. */
export const SOCKET_PATHS = "/ws/*";

/**
 * The paths that go to the API, as CloudFront's behaviours have them: by their first word, with all below it if there
 * is anything.
 */
export function apiPathPatterns(): string[] {
  const paths = manifest.flatMap(routesOf).map(({ path }) => path);
  const patterns = paths.map((path) => {
    const [, first = "", ...below] = path.split("/");
    return below.length > 0 ? `/${first}/*` : `/${first}`;
  });
  return [...new Set(patterns)].sort();
}
