import { atLeastOfFloor, type Claim, perSecond } from "../claim.ts";
import { interleave, median } from "../measure.ts";
import { declareOn, expectAndPurge } from "../queue.ts";
import { QUEUE, type senders } from "../senders.ts";
import type { SenderProgram } from "../workers/sender.ts";

const EVENTS = 50_000;

/** Events onto the bus, each confirmed, 1,000 of them under way: by amqplib alone and by what is ours. */
export const events: Claim = {
  name: "events",
  async run(bench) {
    const count = bench.scaled(EVENTS);
    const url = await bench.vhost();
    await declareOn(url);
    const side = async (via: keyof typeof senders) => {
      const sender = await bench.worker<SenderProgram>("sender");
      await sender.call("open", { via, url });
      return async (round: number) => {
        const ms = await sender.call("flood", { run: `${via}-${round}`, events: count });
        await expectAndPurge(url, QUEUE, count);
        return (count * 1_000) / ms;
      };
    };
    const rates = await interleave(bench.rounds, {
      floor: await side("amqplib"),
      publisher: await side("publisher"),
      bus: await side("bus"),
    });
    const row = (claim: string, ours: number[]) => ({
      claim,
      ours: median(ours),
      floor: median(rates.floor),
      unit: perSecond,
      reach: atLeastOfFloor(0.9),
    });
    return [
      row("events confirmed, by the publisher library", rates.publisher),
      row("events confirmed, by a handler's bus", rates.bus),
    ];
  },
};
