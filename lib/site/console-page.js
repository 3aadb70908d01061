// A CloudFront function, before the console's files: the console is one page, and what names no file is that page.
// layers/core/console-site.ts says the same to the local gateway.

// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name
function handler(event) {
  const request = event.request;
  const last = request.uri.slice(request.uri.lastIndexOf("/") + 1);
  if (!request.uri.startsWith("/assets/") && !last.includes(".")) request.uri = "/index.html";
  return request;
}
