import * as z from "zod";

/** As much of `vitest run --reporter=json` as is read here. */
const resultsSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(
        z.object({ ancestorTitles: z.array(z.string()), title: z.string(), status: z.string() }),
      ),
    }),
  ),
});

export interface PassedTest {
  file: string;
  /** Its own, and those of the groups it stands in. */
  titles: string[];
}

/** @throws {Error} naming the field, if these are not vitest's results */
export function passedTests(results: unknown): PassedTest[] {
  return resultsSchema
    .parse(results)
    .testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === "passed")
        .map(({ ancestorTitles, title }) => ({ file: name, titles: [...ancestorTitles, title] })),
    );
}
