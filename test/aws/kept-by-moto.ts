import { inject } from "vitest";

/** What moto keeps of a service: all its objects of a class, their plain attributes. */
export async function keptByMoto(service: string, kind: string): Promise<Record<string, unknown>[]> {
  const answer = await fetch(`${inject("s3Url")}/moto-api/data.json`);
  const kept = (await answer.json()) as Record<string, Record<string, Record<string, unknown>[]>>;
  return kept[service]?.[kind] ?? [];
}
