/** Where things of one view are found in another. What others wrote stands in the query: a path may not hold it. */
const link = (path: string, words: Readonly<Record<string, string | undefined>>): string => {
  const search = new URLSearchParams();
  for (const [name, word] of Object.entries(words)) if (word) search.set(name, word);
  return search.size > 0 ? `${path}?${search}` : path;
};

export interface EventIdentity {
  source: string;
  id: string;
}

export const eventHref = ({ source, id }: EventIdentity): string => link("/events/event", { source, id });

export const traceHref = (correlationId: string): string =>
  link("/events/trace", { correlation_id: correlationId });

export const logsHref = (filters: { correlation_id?: string; service?: string; range?: string }): string =>
  link("/logs", filters);

export const deadLettersHref = (filters: {
  queue?: string;
  correlation_id?: string;
  state?: string;
}): string => link("/dead-letters", filters);

export const deadLetterHref = (id: string): string => `/dead-letters/${id}`;

export const auditHref = (filters: { correlation_id?: string }): string => link("/audit", filters);
