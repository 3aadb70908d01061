import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { visible } from "../format/visible.ts";

export interface PageProps {
  title: string;
  description?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
}

/** What every view begins with: its title, which the tab has too, and what can be done here. */
export function Page({ title, description, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${visible(title)} · telemetry-bus`;
  }, [title]);
  return (
    <>
      <div class="page-head">
        <div>
          <h1>{title}</h1>
          {description && <p class="muted">{description}</p>}
        </div>
        {actions && <div class="row">{actions}</div>}
      </div>
      {children}
    </>
  );
}
