import { type FunctionRow, routesOf } from "../../../functions/manifest-row.ts";
import type { MatchedResource } from "./rest-event.ts";

export interface Match extends MatchedResource {
  functionName: string;
}

interface Candidate {
  functionName: string;
  resource: string;
  segments: readonly string[];
}

/** Finds the function for a request, as API Gateway would: fixed segments before `{parameters}`. */
export function routeTable(
  manifest: readonly FunctionRow[],
): (method: string, path: string) => Match | undefined {
  const byShape = new Map<string, Candidate[]>();
  for (const row of manifest) {
    for (const { method, path } of routesOf(row)) {
      const segments = segmentsOf(path);
      const shape = `${method} ${segments.length}`;
      byShape.set(shape, [
        ...(byShape.get(shape) ?? []),
        { functionName: row.name, resource: path, segments },
      ]);
    }
  }
  for (const candidates of byShape.values()) candidates.sort((a, b) => parameterCount(a) - parameterCount(b));
  return (method, path) => {
    const segments = segmentsOf(path);
    for (const candidate of byShape.get(`${method} ${segments.length}`) ?? []) {
      const pathParameters = match(candidate.segments, segments);
      if (pathParameters)
        return { functionName: candidate.functionName, resource: candidate.resource, pathParameters };
    }
    return undefined;
  };
}

const segmentsOf = (path: string): string[] => path.split("/").slice(1);

const isParameter = (segment: string): boolean => segment.startsWith("{");

const parameterCount = ({ segments }: Candidate): number => segments.filter(isParameter).length;

function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [i, expected] of pattern.entries()) {
    const segment = segments[i] ?? "";
    if (isParameter(expected) && segment !== "") parameters[expected.slice(1, -1)] = segment;
    else if (expected !== segment) return undefined;
  }
  return parameters;
}
