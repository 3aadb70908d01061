import { useId, useRef, useState } from "preact/hooks";
import { Icon } from "./icon.tsx";

export interface Choice {
  value: string;
  hint?: string;
}

export interface MultiSelectProps {
  label: string;
  placeholder?: string;
  /** In the order in which they were chosen. */
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
  /** What is typed; whoever owns it finds the choices for it. */
  text: string;
  onText: (text: string) => void;
  choices: readonly Choice[];
  /** What the choices are of: `50 of 4,213 devices`. Read out when it changes. */
  status: string;
  /** Whether what is typed may be taken as it is. @default never */
  accepts?: (text: string) => boolean;
}

/**
 * Several of many: typing narrows, arrow keys go through, Enter takes and puts back, Backspace in the empty field
 * puts back the last, Escape closes (ARIA Authoring Practices, "Combobox" with a listbox).
 */
export function MultiSelect(props: MultiSelectProps) {
  const { label, placeholder, chosen, onChange, text, onText, status } = props;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const offered = offeredBy(props);
  const at = Math.min(active, offered.length - 1);

  function toggle(value: string): void {
    if (chosen.includes(value)) onChange(chosen.filter((each) => each !== value));
    else {
      onChange([...chosen, value]);
      onText("");
    }
  }

  function move(step: number): void {
    setOpen(true);
    if (offered.length === 0) return;
    const next = open ? (at + step + offered.length) % offered.length : Math.max(0, at);
    setActive(next);
    document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: "nearest" });
  }

  const keys: Record<string, () => void> = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter() {
      const choice = open ? offered[at] : undefined;
      if (choice) toggle(choice.value);
      else setOpen(true);
    },
    Escape: () => setOpen(false),
  };

  function onKeyDown(event: KeyboardEvent): void {
    const act = keys[event.key];
    if (act && !event.isComposing) {
      event.preventDefault();
      act();
    } else if (event.key === "Backspace" && text === "" && chosen.length > 0) {
      onChange(chosen.slice(0, -1));
    }
  }

  function leave({ currentTarget, relatedTarget }: FocusEvent): void {
    const stays = relatedTarget instanceof Node && (currentTarget as HTMLElement).contains(relatedTarget);
    if (!stays) setOpen(false);
  }

  return (
    <div class="field multi" onFocusOut={leave}>
      <label for={id}>{label}</label>
      <div class="control multi-box">
        {chosen.map((value) => (
          <span key={value} class="chip">
            <bdi>{value}</bdi>
            <button
              type="button"
              aria-label={`Remove ${value}`}
              onClick={() => {
                toggle(value);
                input.current?.focus();
              }}
            >
              <Icon name="close" />
            </button>
          </span>
        ))}
        <input
          ref={input}
          id={id}
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={open}
          aria-controls={`${id}-list`}
          aria-activedescendant={open && offered.length > 0 ? `${id}-${at}` : undefined}
          aria-describedby={`${id}-status`}
          autocomplete="off"
          spellcheck={false}
          placeholder={chosen.length === 0 ? placeholder : undefined}
          value={text}
          onInput={({ currentTarget }) => {
            onText(currentTarget.value);
            setActive(0);
            setOpen(true);
          }}
          onFocus={() => setOpen(true)}
          onClick={() => setOpen(true)}
          onKeyDown={onKeyDown}
        />
      </div>
      <div class="multi-list" hidden={!open}>
        <div id={`${id}-list`} role="listbox" tabIndex={-1} aria-multiselectable="true" aria-label={label}>
          {open &&
            offered.map(({ value, hint }, i) => (
              // The keyboard's focus stays in the field, which names the active option.
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
              <div
                key={value}
                id={`${id}-${i}`}
                role="option"
                tabIndex={-1}
                aria-selected={chosen.includes(value)}
                class={i === at ? "active" : undefined}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => toggle(value)}
              >
                <span class="multi-check" aria-hidden="true">
                  {chosen.includes(value) && <Icon name="check" />}
                </span>
                <bdi>{value}</bdi>
                {hint && <span class="muted">{hint}</span>}
              </div>
            ))}
        </div>
        <p id={`${id}-status`} class="hint" role="status">
          {status}
        </p>
      </div>
    </div>
  );
}

/** What may be chosen, and what is typed if it may be taken too. */
function offeredBy({ choices, text, accepts }: MultiSelectProps): readonly Choice[] {
  const typed = text.trim();
  if (!accepts?.(typed) || choices.some(({ value }) => value === typed)) return choices;
  return [...choices, { value: typed, hint: "as it is typed" }];
}
