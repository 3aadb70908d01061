import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export interface CardProps {
  title?: ComponentChildren;
  actions?: ComponentChildren;
  /** The content reaches the edges: tables. */
  flush?: boolean;
  class?: string;
  children: ComponentChildren;
}

export function Card({ title, actions, flush, class: more = "", children }: CardProps) {
  const id = useId();
  return (
    <section class={`card ${flush ? "flush" : ""} ${more}`} aria-labelledby={title ? id : undefined}>
      {(title || actions) && (
        <header>
          {title && <h2 id={id}>{title}</h2>}
          {actions && <div class="row">{actions}</div>}
        </header>
      )}
      <div class="card-body">{children}</div>
    </section>
  );
}
