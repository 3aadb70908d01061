import { signal } from "@preact/signals";

const STORED = "credential";

/** An API key or a token. It lives as long as the tab does. */
export const credential = signal<string | null>(takenFromLink() ?? sessionStorage.getItem(STORED));

/** Why one has to sign in again. */
export const signedOutBecause = signal<string | undefined>(undefined);

export function signIn(given: string): void {
  sessionStorage.setItem(STORED, given);
  signedOutBecause.value = undefined;
  credential.value = given;
}

export function signOut(because?: string): void {
  sessionStorage.removeItem(STORED);
  signedOutBecause.value = because;
  credential.value = null;
}

/** `/#key=…`: a fragment reaches no server and no log, and is taken out of the address bar at once. */
function takenFromLink(): string | undefined {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (given === null) return undefined;
  history.replaceState(null, "", location.pathname + location.search);
  sessionStorage.setItem(STORED, given);
  return given;
}
