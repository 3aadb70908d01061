import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { discardServices, startPrivateServices } from "../test/private-services.ts";
import { openBench } from "./bench.ts";
import type { Claim, Row } from "./claim.ts";
import { claims } from "./claims.ts";
import { describeMachine } from "./machine.ts";
import { tableOf, withResults } from "./table.ts";

// npm run bench -- [claim…] [--rounds 5] [--scale 1] [--profiles folder] [--write]: see README.md.

const readme = new URL("./README.md", import.meta.url);

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "5" },
    scale: { type: "string", default: "1" },
    profiles: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const rounds = numberOf("rounds");
const scale = numberOf("scale");
const chosen = positionals.length > 0 ? positionals.map(claimCalled) : claims;
if (values.write && (chosen !== claims || scale !== 1 || rounds < 5)) {
  throw new Error("--write is for all claims at full scale, in five rounds or more");
}

const services = await startPrivateServices({ progress: say });
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    say(`${signal}: the run ends`);
    void discardServices(services).finally(() => process.exit(130));
  });
}
try {
  const machine = await describeMachine(services);
  const rows = await measure(chosen);
  const results = `${tableOf(rows)}\n\nMedians of ${rounds} rounds. ${machine}`;
  say(`\n${results}`);
  if (values.write) writeFileSync(readme, withResults(readFileSync(readme, "utf8"), results));
} finally {
  await discardServices(services);
}

async function measure(wanted: readonly Claim[]): Promise<Row[]> {
  const bench = openBench({ services, rounds, scale, profiles: values.profiles });
  const rows: Row[] = [];
  for (const claim of wanted) {
    say(`${claim.name} …`);
    try {
      rows.push(...(await claim.run(bench)));
    } finally {
      await bench.clear();
    }
  }
  return rows;
}

function claimCalled(name: string): Claim {
  const claim = claims.find((candidate) => candidate.name === name);
  if (!claim) throw new Error(`expected one of ${claims.map((each) => each.name).join(", ")}, got ${name}`);
  return claim;
}

function numberOf(option: "rounds" | "scale"): number {
  const number = Number(values[option]);
  if (!(number > 0)) throw new Error(`--${option}: expected a number above 0, got ${values[option]}`);
  return number;
}

function say(line: string): void {
  console.log(line);
}
