import { describe, expect, it, onTestFinished } from "vitest";
import { type BulkAnswer, startClusterInTrouble } from "../../../../test/opensearch/cluster-in-trouble.ts";
import { PermanentError, UnavailableError } from "../../../core/errors.ts";
import { entryOf, eventOf, now, WHOLE_DAY } from "../contract/samples.ts";
import type { Logs } from "../port.ts";
import { openOpenSearchLogs } from "./logs.ts";

describe("what OpenSearch answers", () => {
  async function answering(bulk: BulkAnswer): Promise<Logs> {
    const cluster = await startClusterInTrouble(bulk);
    onTestFinished(() => cluster.close());
    return openOpenSearchLogs({ endpoint: cluster.url });
  }
  const item = (status: number, type?: string) => ({
    create: { status, ...(type === undefined ? {} : { error: { type, reason: "because" } }) },
  });
  const bulk = (...items: object[]): BulkAnswer => ({ status: 200, body: { errors: true, items } });
  const two = () => [entryOf({ id: "1" }), entryOf({ id: "2" })];

  it.each([
    [400, "mapper_parsing_exception"],
    [400, "strict_dynamic_mapping_exception"],
    [400, "illegal_argument_exception"],
  ])("rejects the document alone of which it answers %i %s", async (status, type) => {
    const store = await answering(bulk(item(201), item(status, type)));
    const rejections = await store.entries.write(two());
    expect(rejections).toEqual([{ index: 1, error: expect.any(PermanentError) }]);
    expect(rejections[0]?.error.message).toBe(`OpenSearch answered ${status} ${type}: because`);
  });

  it("names the place of a rejected document in the batch as it was given", async () => {
    const store = await answering(bulk(item(201), item(400, "mapper_parsing_exception")));
    const [first, second] = two();
    if (!first || !second) throw new Error("expected two entries");
    const rejections = await store.entries.write([{ ...first, message: "\u0000" }, first, first, second]);
    expect(rejections.map(({ index }) => index)).toEqual([0, 3]);
  });

  it("takes a conflict for success: the document is there", async () => {
    const store = await answering(bulk(item(409, "version_conflict_engine_exception"), item(201)));
    expect(await store.entries.write(two())).toEqual([]);
  });

  it.each([
    [429, "rejected_execution_exception"],
    [503, "unavailable_shards_exception"],
    [403, "cluster_block_exception"],
    [404, "index_not_found_exception"],
    [400, "validation_exception"],
  ])("is unavailable when it answers %i %s of any document", async (status, type) => {
    const store = await answering(bulk(item(201), item(status, type)));
    await expect(store.entries.write(two())).rejects.toThrow(UnavailableError);
    await expect(store.entries.write(two())).rejects.toThrow(type);
  });

  it.each([401, 403, 404, 429, 500, 502, 503])(
    "is unavailable when it answers %i to the request",
    async (status) => {
      const store = await answering({ status, body: { error: "no" } });
      await expect(store.entries.write(two())).rejects.toThrow(UnavailableError);
    },
  );

  it.each([400, 413])("says that the data are at fault when it answers %i to the request", async (status) => {
    const store = await answering({ status, body: { error: "no" } });
    await expect(store.entries.write(two())).rejects.toThrow(PermanentError);
  });

  it("is unavailable when it says nothing, or not about every document", async () => {
    const silent = await answering("silence");
    await expect(silent.entries.write(two())).rejects.toThrow(UnavailableError);
    const half = await answering(bulk(item(201)));
    await expect(half.entries.write(two())).rejects.toThrow("expected 2 answers to a bulk request, got 1");
  });

  it("says that the store is unavailable, whatever is asked, when nobody listens", async () => {
    const nobody = openOpenSearchLogs({ endpoint: "http://127.0.0.1:1" });
    const asked = [
      nobody.entries.write(two()),
      nobody.entries.search(WHOLE_DAY),
      nobody.events.write([eventOf({})]),
      nobody.events.search(WHOLE_DAY),
      nobody.events.withId("1"),
      nobody.events.find([{ source: "/s", id: "1" }]),
      nobody.events.childrenOf([{ source: "/s", id: "1" }], 1),
      nobody.maintain(now()),
      nobody.check(),
    ];
    for (const end of await Promise.allSettled(asked)) {
      expect(end).toMatchObject({ reason: expect.any(UnavailableError) });
    }
  });
});
