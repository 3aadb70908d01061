// A CloudFront function, before the WebSocket API, which answers 403 to a path after its stage:
// /ws/telemetry/{subscription_id}?ticket=… becomes /{stage}?subscription_id=…&ticket=…

// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name
function handler(event) {
  const request = event.request;
  const found = /^\/ws\/telemetry\/([A-Za-z0-9_-]+)$/.exec(request.uri);
  if (!found) return { statusCode: 404, statusDescription: "Not Found" };
  const ticket = request.querystring.ticket;
  request.uri = "/STAGE";
  request.querystring = { subscription_id: { value: found[1] } };
  if (ticket) request.querystring.ticket = { value: ticket.value };
  return request;
}
