import type { ApiError } from "../api/error.ts";

/** What the API says of a field, or of what is inside it: `device_ids.2` belongs to `device_ids`. */
export function faultOf(error: ApiError | undefined, field: string): string | undefined {
  const said = Object.entries(error?.fields ?? {})
    .filter(([path]) => path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`))
    .map(([path, message]) => (path === field ? message : `${path.slice(field.length + 1)}: ${message}`));
  return said.length > 0 ? said.join("; ") : undefined;
}

/** What is wrong with a form as a whole; its fields say the rest. */
export function FormError({ error }: { error: ApiError | undefined }) {
  if (!error) return null;
  const isInFields = Object.keys(error.fields).some((path) => path !== "");
  return (
    <div class="notice bad" role="alert">
      <span>
        {isInFields && !error.isForbidden ? "Some fields are not as they should be." : error.message}
        {error.requestId && error.status >= 500 && (
          <>
            {" "}
            Request <code>{error.requestId}</code>
          </>
        )}
      </span>
    </div>
  );
}

/** Puts the cursor where something is wrong, once the form shows it. */
export function focusFault(form: HTMLElement | null): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
