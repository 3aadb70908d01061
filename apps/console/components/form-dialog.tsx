import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import type { ApiError } from "../api/error.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { FormError, focusFault } from "./form-error.tsx";

export interface FormDialogProps {
  title: string;
  /** What the button says that sends it: a verb. */
  action: string;
  pending: boolean;
  /** Of the last try; the cursor goes to where it is wrong. */
  error: ApiError | undefined;
  onSubmit: () => void;
  onClose: () => void;
  children: ComponentChildren;
}

/** A form in a dialog, which stays until what it sends is taken. */
export function FormDialog({ title, action, pending, error, onSubmit, onClose, children }: FormDialogProps) {
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error) focusFault(form.current);
  }, [error]);
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form={id} busy={pending}>
            {action}
          </Button>
        </>
      }
    >
      <form
        ref={form}
        id={id}
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <FormError error={error} />
        {children}
      </form>
    </Dialog>
  );
}
