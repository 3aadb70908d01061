import { expect, it } from "vitest";
import { type Context, entryOf, eventOf, found, foundEvents, MIDNIGHT, newName, SECOND } from "./samples.ts";

const WRITERS = 8;

export function concurrencyContract(context: Context): void {
  it("takes many writers of the same entries at once, who neither block each other for ever nor store twice [BUS-08]", async () => {
    const service = newName("service");
    const entries = Array.from({ length: 200 }, (_, i) => entryOf({ service, time: MIDNIGHT + i * SECOND }));
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        for (let round = 0; round < 3; round++)
          await context().store.entries.write(rotated(entries, writer * 17 + round));
      }),
    );
    await context().caughtUp();
    expect(await found(context, { service })).toEqual(entries.toReversed());
  });

  it("takes many writers of the same events at once", async () => {
    const source = `/${newName("source")}`;
    const events = Array.from({ length: 200 }, (_, i) => eventOf({ source, at: MIDNIGHT + i * SECOND }));
    await Promise.all(
      Array.from({ length: WRITERS }, (_, writer) =>
        context().store.events.write(rotated(events, writer * 31)),
      ),
    );
    await context().caughtUp();
    expect(await foundEvents(context, { source })).toEqual(events.toReversed());
  });
}

const rotated = <Item>(items: readonly Item[], by: number): Item[] => [
  ...items.slice(by % items.length),
  ...items.slice(0, by % items.length),
];
