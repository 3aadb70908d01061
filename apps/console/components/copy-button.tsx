import { useState } from "preact/hooks";
import { Icon } from "./icon.tsx";
import { toast } from "./toast.tsx";

export interface CopyButtonProps {
  text: string;
  /** @default "Copy" */
  label?: string;
  /** Shows the icon alone; the label is its name. */
  iconOnly?: boolean;
}

export function CopyButton({ text, label = "Copy", iconOnly }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 2_000);
    } catch {
      toast("The browser does not let this page copy", "warning");
    }
  }
  const name = copied ? "Copied" : label;
  return (
    <button
      type="button"
      class={iconOnly ? "icon-button" : "button ghost small"}
      aria-label={iconOnly ? name : undefined}
      title={iconOnly ? name : undefined}
      onClick={() => void copy()}
    >
      <Icon name={copied ? "check" : "copy"} />
      {!iconOnly && name}
    </button>
  );
}
