import { CopyButton } from "./copy-button.tsx";

export interface JsonViewProps {
  value: unknown;
  /** How many levels are open at first. @default 2 */
  depth?: number;
}

/** JSON as text, whatever it holds, folded below some depth. */
export function JsonView({ value, depth = 2 }: JsonViewProps) {
  return (
    <div class="json">
      <div class="json-copy">
        <CopyButton iconOnly label="Copy as JSON" text={JSON.stringify(value, null, 2) ?? ""} />
      </div>
      <Node value={value} depth={depth} />
    </div>
  );
}

function Node({ name, value, depth }: { name?: string; value: unknown; depth: number }) {
  const label = name === undefined ? null : <span class="json-key">{name}: </span>;
  if (typeof value !== "object" || value === null) {
    return (
      <div class="json-line">
        {label}
        <span class={`json-${value === null ? "null" : typeof value}`}>
          {JSON.stringify(value) ?? "undefined"}
        </span>
      </div>
    );
  }
  const entries = Object.entries(value);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (entries.length === 0) {
    return (
      <div class="json-line">
        {label}
        {open}
        {close}
      </div>
    );
  }
  return (
    <details open={depth > 0}>
      <summary>
        {label}
        <span class="muted">
          {open} {entries.length} {close}
        </span>
      </summary>
      <div class="json-inner">
        {entries.map(([key, each]) => (
          <Node key={key} name={key} value={each} depth={depth - 1} />
        ))}
      </div>
    </details>
  );
}
