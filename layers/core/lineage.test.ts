import { expect, it } from "vitest";
import { parentsOf } from "./lineage.ts";

it.each([
  ["a source and an id", "/shop#7", [{ source: "/shop", id: "7" }]],
  ["a bare id, which is of the event's own source", "7", [{ source: "/own", id: "7" }]],
  [
    "several, in their order",
    "/shop#7,8, /b#9 ",
    [
      { source: "/shop", id: "7" },
      { source: "/own", id: "8" },
      { source: "/b", id: "9" },
    ],
  ],
  [
    "a source with a fragment: the last # splits",
    "https://a.example/#b#7",
    [{ source: "https://a.example/#b", id: "7" }],
  ],
  ["the same twice as one", "7,7", [{ source: "/own", id: "7" }]],
  ["a # with nothing before it as part of a bare id", "#7", [{ source: "/own", id: "#7" }]],
  ["a # with nothing behind it as part of a bare id", "7#", [{ source: "/own", id: "7#" }]],
  ["nothing between commas as nothing", " ,,", []],
  ["an empty text as nothing", "", []],
  ["a number as a bare id", 7, [{ source: "/own", id: "7" }]],
  ["true as nothing", true, []],
  ["no attribute as nothing", undefined, []],
])("reads %s [EVT-04]", (_, parentids, parents) => {
  expect(parentsOf({ source: "/own", parentids })).toEqual(parents);
});
