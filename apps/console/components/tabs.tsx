import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export interface TabsProps<Id extends string> {
  /** For screen readers: what is chosen here. */
  label: string;
  tabs: readonly { id: Id; title: ComponentChildren }[];
  value: Id;
  onChange: (id: Id) => void;
  /** What the chosen tab shows. */
  children: ComponentChildren;
}

/** Arrow keys go from tab to tab (ARIA Authoring Practices, "Tabs"). */
export function Tabs<Id extends string>({ label, tabs, value, onChange, children }: TabsProps<Id>) {
  const id = useId();
  const index = tabs.findIndex((tab) => tab.id === value);

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step && tabs[(index + step + tabs.length) % tabs.length];
    if (!next) return;
    event.preventDefault();
    onChange(next.id);
    document.getElementById(`${id}-${next.id}`)?.focus();
  }

  return (
    <>
      <div class="tabs" role="tablist" aria-label={label}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${id}-${tab.id}`}
            aria-selected={tab.id === value}
            aria-controls={`${id}-panel`}
            tabIndex={tab.id === value ? 0 : -1}
            onClick={() => onChange(tab.id)}
            onKeyDown={onKeyDown}
          >
            {tab.title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${value}`}>
        {children}
      </div>
    </>
  );
}
