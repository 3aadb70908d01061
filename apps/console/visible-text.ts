import { type ComponentChildren, options, type VNode } from "preact";
import { visible } from "./format/visible.ts";

/** Attributes that people read, or hear. What is typed into a field stays as it is. */
const read = ["title", "alt", "placeholder", "aria-label"] as const;

type Props = { children?: ComponentChildren } & Partial<Record<(typeof read)[number], unknown>>;

/**
 * Whatever any view renders, others may have written: names, notes, messages. So it is made visible where everything
 * passes, and no view can forget it.
 */
export function makeTextVisible(): void {
  const before = options.vnode;
  options.vnode = (vnode) => {
    makeVisible(vnode as VNode<Props>);
    before?.(vnode);
  };
}

function makeVisible({ type, props }: VNode<Props>): void {
  if (props.children !== undefined) props.children = visibleIn(props.children);
  if (typeof type !== "string") return;
  for (const name of read) {
    const text = props[name];
    if (typeof text === "string") props[name] = visible(text);
  }
}

function visibleIn(children: ComponentChildren): ComponentChildren {
  if (typeof children === "string") return visible(children);
  return Array.isArray(children) ? children.map(visibleIn) : children;
}
