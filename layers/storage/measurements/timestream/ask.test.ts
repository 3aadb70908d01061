import { expect, it, onTestFinished } from "vitest";
import { type Reply, startAnsweringServer } from "../../../../test/answering-server.ts";
import { timestreamClients } from "../../../../test/aws/timestream-stand-in/clients.ts";
import { UnavailableError } from "../../../core/errors.ts";
import { ask } from "./ask.ts";

// Answers as "Query" of the Amazon Timestream API Reference has them.

const ColumnInfo = [
  { Name: "device", Type: { ScalarType: "VARCHAR" } },
  { Name: "value", Type: { ScalarType: "DOUBLE" } },
  { Name: "flag", Type: { ScalarType: "BOOLEAN" } },
];
const QueryId = "AEDACANMQDLSTQR3SPDV6HEWYACX5IALTEWGK7JM3VSFQQ5J5F3HGKVEMNHBRHY";
const row = (device: string, value: string) => ({
  Data: [{ ScalarValue: device }, { ScalarValue: value }, { NullValue: true }],
});
const status = (percent: number) => ({
  QueryStatus: {
    ProgressPercentage: percent,
    CumulativeBytesScanned: 10_000,
    CumulativeBytesMetered: 10_000_000,
  },
});

async function asking(replies: readonly Reply[]) {
  const server = await startAnsweringServer((_, i) => replies[i] ?? "silence");
  onTestFinished(() => server.close());
  const { query } = timestreamClients(server.url, 3);
  return { rows: () => ask(query, "asking", "SELECT device, value, flag"), asked: server.asked };
}

const answer = (body: object): Reply => ({
  status: 200,
  headers: { "content-type": "application/x-amz-json-1.0" },
  body: { QueryId, ColumnInfo, ...body },
});

it("gathers the rows of all pages, of which some are empty", async () => {
  const { rows, asked } = await asking([
    answer({ Rows: [], NextToken: "token-1", ...status(0) }),
    answer({ Rows: [row("a", "1.5E-300"), row("b", "2.0")], NextToken: "token-2", ...status(50) }),
    answer({ Rows: [], NextToken: "token-3", ...status(90) }),
    answer({ Rows: [row("c", "-0.0")], ...status(100) }),
  ]);
  expect(await rows()).toEqual([
    { device: "a", value: "1.5E-300", flag: null },
    { device: "b", value: "2.0", flag: null },
    { device: "c", value: "-0.0", flag: null },
  ]);
  const tokens = asked.map(({ body }) => (body as { NextToken?: string }).NextToken);
  expect(tokens).toEqual([undefined, "token-1", "token-2", "token-3"]);
});

it("asks for a page again that was throttled, by the same token", async () => {
  const throttled: Reply = {
    status: 400,
    headers: { "content-type": "application/x-amz-json-1.0" },
    body: { __type: "com.amazonaws.timestream.v20181101#ThrottlingException", Message: "Rate exceeded" },
  };
  const { rows, asked } = await asking([
    answer({ Rows: [row("a", "1.0")], NextToken: "token-1" }),
    throttled,
    answer({ Rows: [row("b", "2.0")] }),
  ]);
  expect((await rows()).map(({ device }) => device)).toEqual(["a", "b"]);
  expect(asked.at(2)?.body).toMatchObject({ NextToken: "token-1" });
});

it("answers nothing at all of a query that breaks off", async () => {
  const failed: Reply = {
    status: 400,
    headers: { "content-type": "application/x-amz-json-1.0" },
    body: { __type: "com.amazonaws.timestream.v20181101#QueryExecutionException", Message: "Query aborted" },
  };
  const { rows } = await asking([answer({ Rows: [row("a", "1.0")], NextToken: "token-1" }), failed]);
  await expect(rows()).rejects.toThrow(UnavailableError);
});
