import type { ButtonHTMLAttributes, ComponentChildren } from "preact";

export type ButtonKind = "primary" | "secondary" | "ghost" | "danger";

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "type"> {
  /** @default "secondary" */
  kind?: ButtonKind;
  /** @default "button" */
  type?: "button" | "submit";
  small?: boolean;
  /** Something is under way: it takes no click, and says so. */
  busy?: boolean;
  children: ComponentChildren;
}

export function Button({
  kind = "secondary",
  type = "button",
  small,
  busy,
  disabled,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      class={`button ${kind}${small ? " small" : ""}`}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
    >
      {children}
    </button>
  );
}

/** A link that looks like a button. */
export function ButtonLink({
  href,
  kind = "secondary",
  small,
  children,
}: {
  href: string;
  kind?: ButtonKind;
  small?: boolean;
  children: ComponentChildren;
}) {
  return (
    <a href={href} class={`button ${kind}${small ? " small" : ""}`}>
      {children}
    </a>
  );
}
