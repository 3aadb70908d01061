import { computed, signal } from "@preact/signals";

interface Place {
  path: string;
  query: URLSearchParams;
}

const read = (): Place => ({ path: location.pathname, query: new URLSearchParams(location.search) });

const current = signal<Place>(read());

export const path = computed(() => current.value.path);
export const query = computed(() => current.value.query);

export interface GoOptions {
  /** Leaves no entry in the browser's history: for what changes while one types or drags. @default false */
  replace?: boolean;
}

/** Goes to a path of the console, with its query. */
export function go(href: string, { replace = false }: GoOptions = {}): void {
  history[replace ? "replaceState" : "pushState"](null, "", href);
  current.value = read();
}

/** Changes some of the query and leaves the rest; `undefined` and `""` take a name out. */
export function setQuery(changes: Readonly<Record<string, string | undefined>>, options?: GoOptions): void {
  go(path.value + changedSearch(query.value, changes), options);
}

export function changedSearch(
  given: URLSearchParams,
  changes: Readonly<Record<string, string | undefined>>,
): string {
  const changed = new URLSearchParams(given);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === "") changed.delete(name);
    else changed.set(name, value);
  }
  return changed.size > 0 ? `?${changed}` : "";
}

/** A word of the query, as state: `const [level, setLevel] = useParam("level", "all")`. The default is not written. */
export function useParam(
  name: string,
  fallback = "",
): [string, (value: string, options?: GoOptions) => void] {
  const value = query.value.get(name) ?? fallback;
  return [value, (next, options) => setQuery({ [name]: next === fallback ? undefined : next }, options)];
}

/** Follows plain links within the console without loading the page anew. */
export function followLinks(isOurs: (path: string) => boolean): void {
  addEventListener("popstate", () => {
    current.value = read();
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!(link instanceof HTMLAnchorElement) || !isPlain(event) || link.target || link.download) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || url.hash || !isOurs(url.pathname)) return;
    event.preventDefault();
    go(url.pathname + url.search);
  });
}

const isPlain = (event: MouseEvent): boolean =>
  !event.defaultPrevented &&
  event.button === 0 &&
  !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
