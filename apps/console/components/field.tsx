import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** What ties a control to its label, hint and error. */
export interface ControlAttributes {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
}

export interface FieldProps {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  /** The label is for screen readers only: what it is is plain to see. */
  hideLabel?: boolean;
  children: (attributes: ControlAttributes) => ComponentChildren;
}

export function Field({ label, hint, error, hideLabel, children }: FieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <div class="field">
      <label for={id} class={hideLabel ? "visually-hidden" : undefined}>
        {label}
      </label>
      {children({ id, "aria-describedby": described, "aria-invalid": error ? true : undefined })}
      {hint && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} class="field-error">
          {error}
        </p>
      )}
    </div>
  );
}

type Described = Omit<FieldProps, "children">;

interface Common {
  name?: string;
  disabled?: boolean;
  required?: boolean;
}

export interface TextFieldProps extends Described, Common {
  value: string;
  onInput: (value: string) => void;
  /** @default "text" */
  type?: "text" | "search" | "password" | "number" | "datetime-local" | "email" | "url";
  placeholder?: string;
  autoFocus?: boolean;
  maxLength?: number;
  min?: number | string;
  max?: number | string;
  step?: number | "any";
  /** The id of a `<datalist>` with suggestions. */
  list?: string;
  onKeyDown?: (event: KeyboardEvent) => void;
  onBlur?: () => void;
}

export function TextField({
  label,
  hint,
  error,
  hideLabel,
  value,
  onInput,
  type = "text",
  ...rest
}: TextFieldProps) {
  return (
    <Field {...{ label, hint, error, ...(hideLabel && { hideLabel }) }}>
      {(attributes) => (
        <input
          autocomplete="off"
          spellcheck={false}
          {...rest}
          {...attributes}
          // Preact's types tell inputs apart by a type that is written out.
          type={type as "text"}
          class="control"
          value={value}
          onInput={({ currentTarget }) => onInput(currentTarget.value)}
        />
      )}
    </Field>
  );
}

export interface TextAreaProps extends Described, Common {
  value: string;
  onInput: (value: string) => void;
  /** @default 3 */
  rows?: number;
  placeholder?: string;
  maxLength?: number;
}

export function TextArea({ label, hint, error, hideLabel, value, onInput, ...rest }: TextAreaProps) {
  return (
    <Field {...{ label, hint, error, ...(hideLabel && { hideLabel }) }}>
      {(attributes) => (
        <textarea
          rows={3}
          {...rest}
          {...attributes}
          class="control"
          value={value}
          onInput={({ currentTarget }) => onInput(currentTarget.value)}
        />
      )}
    </Field>
  );
}

export interface Option<Value extends string> {
  value: Value;
  label: string;
}

export interface SelectProps<Value extends string> extends Described, Common {
  value: Value;
  options: readonly Option<Value>[];
  onChange: (value: Value) => void;
}

export function Select<Value extends string>({
  label,
  hint,
  error,
  hideLabel,
  value,
  options,
  onChange,
  ...rest
}: SelectProps<Value>) {
  return (
    <Field {...{ label, hint, error, ...(hideLabel && { hideLabel }) }}>
      {(attributes) => (
        <select
          {...rest}
          {...attributes}
          class="control"
          value={value}
          onChange={({ currentTarget }) => onChange(currentTarget.value as Value)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value} selected={option.value === value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function Checkbox({
  label,
  checked,
  onChange,
  disabled,
}: {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}) {
  return (
    <label class="checkbox">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled ?? false}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      {label}
    </label>
  );
}
