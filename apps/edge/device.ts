/** The device id of a machine, by its host name, which is one nearly always. */
export const deviceOf = (host: string): string =>
  host
    .replace(/[^A-Za-z0-9._-]/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 128) || "localhost";
