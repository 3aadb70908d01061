import { CloudEvent, HTTP, type Message } from "cloudevents";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Platform, startPlatform } from "../platform.ts";
import { eventsOf } from "./find.ts";

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});

afterAll(async () => {
  await platform.stop();
});

const event = (mode: string, given: object = {}) =>
  new CloudEvent({
    type: "model.registered",
    source: "/models/registry",
    subject: "gpt-x",
    correlationid: `sdk-${mode}`,
    data: { vendor: "acme", context_window: 128_000 },
    ...given,
  });

const send = ({ headers, body }: Pick<Message, "headers" | "body">) =>
  platform.post("/api/v1/events", body, { headers: headers as Record<string, string> });

it.each([
  ["binary", HTTP.binary],
  ["structured", HTTP.structured],
] as const)(
  "takes the CloudEvents SDK's events in %s mode, to be found in the archive [BUS-03]",
  async (mode, toMessage) => {
    const sent = event(mode);
    expect((await send(toMessage(sent))).status).toBe(202);
    const [found] = await eventsOf(platform, `sdk-${mode}`, 1);
    // Through JSON, so that what it leaves undefined is not there.
    const { correlationid, ...attributes } = JSON.parse(JSON.stringify(sent)) as Record<string, unknown>;
    expect(found).toMatchObject({ ...attributes, correlation_id: correlationid });
  },
);

it("takes the SDK's events as a batch [BUS-03]", async () => {
  // The SDK reads batches and leaves it to its user to write them.
  const batch = [event("batch"), event("batch", { type: "model.updated" }), event("batch", { type: "blob" })];
  const headers = { "content-type": "application/cloudevents-batch+json" };
  expect((await send({ headers, body: JSON.stringify(batch) })).status).toBe(202);
  const found = await eventsOf(platform, "sdk-batch", 3);
  expect(found.map(({ id }) => id).sort()).toEqual(batch.map(({ id }) => id).sort());
});

it("takes the SDK's binary data [BUS-03]", async () => {
  const data_base64 = Buffer.from([0, 255, 1]).toString("base64");
  const blob = { type: "image.thumbnail.made", data: undefined, data_base64 };
  const sent = event("base64", { ...blob, datacontenttype: "application/octet-stream" });
  expect((await send(HTTP.structured(sent))).status).toBe(202);
  expect(await eventsOf(platform, "sdk-base64", 1)).toMatchObject([{ data_base64 }]);
});
