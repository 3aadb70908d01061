import { existsSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { manifest } from "../functions/manifest.ts";
import { routesOf } from "../functions/manifest-row.ts";
import { faultsInManifest } from "../functions/manifest-soundness.ts";
import { operations } from "../functions/operations.ts";
import { faultsBetween, faultsInTopology } from "../layers/topology/soundness.ts";
import { type Topology, topology } from "../layers/topology/topology.ts";

// The two tables are the spine: everything reads them, so they must agree with each other and with what is there.

const functionsFolder = new URL("../functions/", import.meta.url);

/** A trigger names a queue, or a family of them. */
function consumedBy({ queues }: Topology) {
  return manifest.flatMap(({ name, triggers }) =>
    triggers
      .filter((trigger) => trigger.kind === "queue")
      .flatMap((trigger) => {
        const family = queues.filter(({ partition }) => partition?.family === trigger.queue);
        const names = family.length > 0 ? family.map((queue) => queue.name) : [trigger.queue];
        return names.map((queue) => ({ function: name, queue }));
      }),
  );
}

describe("the manifest", () => {
  it("is sound", () => {
    expect(faultsInManifest(manifest)).toEqual([]);
  });

  it.each(manifest.map(({ name }) => name))("has a folder for %s, with a handler and its Lambda", (name) => {
    for (const file of ["handler.ts", "lambda.ts"]) {
      expect(existsSync(new URL(`${name}/${file}`, functionsFolder)), `functions/${name}/${file}`).toBe(true);
    }
  });

  it("has a row for every folder of functions", () => {
    const folders = readdirSync(functionsFolder, { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(folders.map(({ name }) => name).sort()).toEqual(manifest.map(({ name }) => name).sort());
  });

  it("has a route for every operation that a function describes, and the other way round", () => {
    const routed = manifest.flatMap(routesOf).map(({ operation }) => operation);
    expect(routed.sort()).toEqual(Object.keys(operations).sort());
  });

  it.each(manifest.flatMap(routesOf).map(({ operation, path }) => [operation, path] as const))(
    "names in the path of %s the parameters that it reads",
    (operation, path) => {
      const parameters = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
      const { params } = operations[operation] ?? {};
      const shape = params && "shape" in params ? Object.keys(params.shape as object) : [];
      expect(shape.sort()).toEqual(parameters.sort());
    },
  );
});

describe("the topology and the manifest", () => {
  it.each([1, 4, 16])("agree with %i partitions", (partitions) => {
    const table = topology({ partitions });
    expect([...faultsInTopology(table), ...faultsBetween(table, consumedBy(table))]).toEqual([]);
  });
});
