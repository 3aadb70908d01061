/**
 * How the console's files are served, wherever that is: from this machine's gateway, or from S3 and CloudFront.
 * It is one page, and files in one folder: every path that is neither the API's nor of that folder is answered with
 * `index.html`; also one that ends in a device's id with a dot.
 */
export const consoleSecurityHeaders: Readonly<Record<string, string>> = {
  // 'self' of connect-src includes WebSockets to this host (Content Security Policy Level 3, "match-source-expression").
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
};

/** All files but the page are below it, with a hash of their content in their names. */
export const CONSOLE_ASSETS = "/assets/";

export const CACHE_FOR_EVER = "public, max-age=31536000, immutable";
export const CACHE_NOT = "no-cache";

/** What belongs to the API: these paths themselves, and all below them. */
export const apiPrefixes = [
  "/api",
  "/v1",
  "/ws",
  "/docs",
  "/health",
  "/metrics",
  "/openapi.json",
  "/asyncapi.json",
] as const;

export const isApiPath = (path: string): boolean =>
  apiPrefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));

/** The file of the console that answers a path, relative to its folder; `undefined` for the API's paths. */
export function consoleFileOf(path: string): string | undefined {
  if (isApiPath(path)) return undefined;
  return path.startsWith(CONSOLE_ASSETS) ? path.slice(1) : "index.html";
}
