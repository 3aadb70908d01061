// A CloudFront function, before the console's files: the console is one page, and what is none of its assets is that page.
// layers/core/console-site.ts says the same to the local gateway.

// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name
function handler(event) {
  const request = event.request;
  if (!request.uri.startsWith("/assets/")) request.uri = "/index.html";
  return request;
}
