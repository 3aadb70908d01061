import { expect, it } from "vitest";
import { formatTime } from "../../../core/time.ts";
import {
  archived,
  type Context,
  DAY,
  eventIdsOf,
  eventOf,
  foundEvents,
  MIDNIGHT,
  newName,
  SECOND,
} from "./samples.ts";

export function archiveContract(context: Context): void {
  it("answers with an event as it was, extensions and all", async () => {
    const source = `/${newName("source")}`;
    const full = eventOf({
      source,
      subject: "s",
      traceparent: "00-1",
      count: 3,
      flag: true,
      data: { z: 1, a: [null] },
    });
    const binary = { ...eventOf({ source, at: MIDNIGHT - 1 }), archivedAt: MIDNIGHT + 7 };
    delete binary.event.data;
    binary.event.data_base64 = "AAEC";
    await archived(context, [full, binary]);
    expect(await foundEvents(context, { source, from: MIDNIGHT - 1 })).toEqual([full, binary]);
  });

  it("keeps the first of two under one identity and time, and both of two sources with one id [BUS-08]", async () => {
    const [a, b, id] = [`/${newName("source")}`, `/${newName("source")}`, newName("id")];
    const first = eventOf({ source: a, id, data: "first" });
    const other = eventOf({ source: b, id, data: "other", at: MIDNIGHT + 1 });
    await archived(context, [first, { ...first, event: { ...first.event, data: "second" } }, other]);
    await archived(context, [{ ...first, archivedAt: MIDNIGHT + DAY }, other]);
    expect(await foundEvents(context, { source: a })).toEqual([first]);
    expect(await context().store.events.withId(id)).toEqual([first, other]);
  });

  it("searches by type, exactly or by its first words", async () => {
    const source = `/${newName("source")}`;
    const types = [
      "model",
      "model.started",
      "model.run.ended",
      "model/x.y",
      "model-2.run",
      "models.run",
      "other.model.run",
    ];
    await archived(
      context,
      types.map((type, i) => eventOf({ source, type, id: type, at: MIDNIGHT + i })),
    );
    const ids = async (type: string) => eventIdsOf(await foundEvents(context, { source, type }));
    expect(await ids("model.started")).toEqual(["model.started"]);
    expect(await ids("model.*")).toEqual(["model.run.ended", "model.started"]);
    expect(await ids("model.run.*")).toEqual(["model.run.ended"]);
    expect(await ids("*")).toEqual(types.toReversed());
    for (const type of ["mod*", "*.run", "model.*.ended", "model.%", "MODEL.started", ""]) {
      expect(await ids(type), type).toEqual([]);
    }
  });

  it("searches by source, correlation id and time, and by all together", async () => {
    const [source, correlation_id] = [`/${newName("source")}`, newName("correlation")];
    const at = (second: number, given: object) =>
      eventOf({ source, correlation_id, at: MIDNIGHT + second * SECOND, id: `${second}`, ...given });
    await archived(context, [
      at(0, {}),
      at(1, { type: "a.b" }),
      at(2, { source: `${source}/more` }),
      at(3, { correlation_id: "x" }),
      at(4, { type: "a.b" }),
    ]);
    const ids = async (search: object) => eventIdsOf(await foundEvents(context, search));
    expect(await ids({ source })).toEqual(["4", "3", "1", "0"]);
    expect(await ids({ correlationId: correlation_id })).toEqual(["4", "2", "1", "0"]);
    expect(await ids({ source, from: MIDNIGHT + SECOND, to: MIDNIGHT + 4 * SECOND })).toEqual(["3", "1"]);
    expect(
      await ids({ source, correlationId: correlation_id, type: "a.*", from: MIDNIGHT + 2 * SECOND }),
    ).toEqual(["4"]);
  });

  it("takes names as long as the door lets pass", async () => {
    const source = `https://example.com/${newName("source")}/${"ä".repeat(960)}`;
    const id = newName("id") + "i".repeat(200);
    const parent = eventOf({ source, id, type: Array.from({ length: 100 }, () => "t").join(".") });
    const child = eventOf({ source, parentids: `${source}#${id}`, at: MIDNIGHT + 1 });
    const neighbour = eventOf({ source: `${source}x`, id });
    await archived(context, [parent, child, neighbour]);
    expect(await foundEvents(context, { source })).toEqual([child, parent]);
    expect(await context().store.events.find([{ source, id }])).toEqual([parent]);
    expect(await context().store.events.childrenOf([{ source, id }], 10)).toEqual([child]);
  });

  it("finds an event by its id alone, of whatever source and time, oldest first, at most 100", async () => {
    const id = newName("id");
    const events = Array.from({ length: 105 }, (_, i) =>
      eventOf({ id, source: `/s${i}`, at: MIDNIGHT - i * 3_600 * SECOND }),
    );
    await archived(context, events);
    const answer = await context().store.events.withId(id);
    expect(answer).toEqual(events.toReversed().slice(0, 100));
    expect(await context().store.events.withId(id.slice(0, -1))).toEqual([]);
  });

  it("answers to a time in whatever zone and precision it is written, and keeps it as it is", async () => {
    const source = `/${newName("source")}`;
    const time = `${formatTime(MIDNIGHT + 2 * 3_600 * SECOND).slice(0, 19)}.123456789+02:00`;
    const event = eventOf({ source, time });
    await archived(context, [event]);
    const at = MIDNIGHT + 123_456;
    expect(await foundEvents(context, { source, from: at, to: at + 1 })).toEqual([event]);
  });
}
