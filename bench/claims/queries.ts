import type { Bench, RunningPlatform, Server } from "../bench.ts";
import { type Claim, type Row, together } from "../claim.ts";
import { type HttpRequest, openHttp } from "../http.ts";
import { expectExactly } from "../measure.ts";
import { bare, charts, type Question, rest } from "../questions.ts";
import { responseTimes } from "../response-times.ts";
import type { Worker } from "../worker.ts";
import type { HttpLoad } from "../workers/http-load.ts";
import type { SeedProgram } from "../workers/seed.ts";
import type { SqlServer } from "../workers/sql-server.ts";

const DEVICES = 100;
const OTHERS = 900;
const MINUTES_OF_WEEK = 7 * 24 * 60;

interface Side extends Server {
  load: Worker<HttpLoad>;
}

/**
 * What people and charts ask, of ten million points: a hundred devices that reported once a minute for a week, and nine
 * hundred that nobody asks for.
 */
export const queries: Claim = {
  name: "queries",
  async run(bench) {
    const now = Math.floor(Date.now() / 60_000) * 60_000;
    const platform = await bench.platform();
    await seed(bench, platform, now);
    const ours = await openSide(bench, platform);
    const floor = await openFloor(bench, platform);
    const ask = async (questions: readonly Question[]): Promise<Row[]> => {
      const rows: Row[] = [];
      for (const { statement, parameters, ...asked } of questions) {
        const requests = parameters?.map((values) => bareRequest(statement, values));
        if (requests) await expectSameAnswer(ours, asked.requests[0], floor, requests[0]);
        const beside = requests && { load: floor.load, requests };
        rows.push(...(await responseTimes(bench, ours.load, { ...asked, floor: beside })));
      }
      return rows;
    };
    const [inCharts, inRest] = [await ask(charts(now, DEVICES)), await ask(rest(now, DEVICES))];
    return [...together(["NFR-002"], inCharts), ...inRest];
  },
};

const bareRequest = (statement: keyof typeof bare | undefined, values: readonly unknown[]): HttpRequest => ({
  method: "POST",
  path: `/${statement}`,
  body: JSON.stringify(values),
});

async function seed(bench: Bench, { databaseUrl }: RunningPlatform, until: number): Promise<void> {
  const worker = await bench.worker<SeedProgram>("seed");
  const points = bench.scaled(MINUTES_OF_WEEK);
  await worker.call("fill", { databaseUrl, devices: DEVICES, others: OTHERS, points, until });
  await worker.stop();
}

async function openSide(bench: Bench, { url, apiKey }: Server): Promise<Side> {
  return { url, apiKey, load: await bench.load({ url, apiKey }) };
}

async function openFloor(bench: Bench, { databaseUrl }: RunningPlatform): Promise<Side> {
  const server = await bench.worker<SqlServer>("sql-server");
  const url = await server.call("open", { databaseUrl, statements: bare });
  return openSide(bench, { url, apiKey: "" });
}

/** Two that do not answer the same cannot be compared. */
async function expectSameAnswer(
  ours: Side,
  request: HttpRequest | undefined,
  floor: Side,
  bareOne: HttpRequest | undefined,
): Promise<void> {
  const [mine, bares] = [await answerOf(ours, request), await answerOf(floor, bareOne)];
  const values = valuesOf(mine.data_points ?? [mine]);
  const expected = valuesOf(bares);
  expectExactly("values answered", expected.length, values.length);
  values.forEach((value, i) => {
    expectExactly(`value ${i}, in billionths`, Math.round((expected[i] ?? 0) * 1e9), Math.round(value * 1e9));
  });
}

async function answerOf({ url, apiKey }: Side, request: HttpRequest | undefined) {
  const http = openHttp(url, apiKey);
  const answer = JSON.parse(await http.send(request ?? { method: "GET", path: "/" }));
  http.close();
  return answer;
}

const valuesOf = (items: readonly { value: number }[]): number[] => items.map(({ value }) => value);
