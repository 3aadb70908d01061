import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../../api/call.ts";
import { type ApiError, asApiError } from "../../api/error.ts";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { TextArea } from "../../components/field.tsx";
import { Failure } from "../../components/states.tsx";
import { toast } from "../../components/toast.tsx";
import { count } from "../../format/numbers.ts";

export interface DiscardDialogProps {
  ids: readonly string[];
  onClose: () => void;
  onDiscarded: () => void;
}

const MAX_NOTE = 500;

/** Sets aside, with a note: one after the other, since the API takes one at a time. Closing it stops that. */
export function DiscardDialog({ ids, onClose, onDiscarded }: DiscardDialogProps) {
  // The list goes on being polled while the dialog is open.
  const [meant] = useState(ids);
  const [note, setNote] = useState("");
  const [done, setDone] = useState<number>();
  const [error, setError] = useState<ApiError>();
  const many = meant.length;
  const isBusy = done !== undefined && !error;
  const isClosed = useRef(false);
  useEffect(
    () => () => {
      isClosed.current = true;
    },
    [],
  );

  async function discard(): Promise<void> {
    setError(undefined);
    setDone(0);
    let discarded = 0;
    try {
      for (const dead_letter_id of meant) {
        if (isClosed.current) break;
        await call("discardDeadLetter", { params: { dead_letter_id }, query: { note: note.trim() } });
        setDone(++discarded);
      }
      toast(outcome(discarded, many), discarded === many ? "good" : "info");
      if (!isClosed.current) onClose();
    } catch (cause) {
      const failure = asApiError(cause);
      setError(failure);
      if (isClosed.current) toast(failure.message, "bad");
    }
    onDiscarded();
  }

  return (
    <Dialog
      title={many === 1 ? "Discard this dead letter" : `Discard ${count(many)} dead letters`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" busy={isBusy} disabled={note.trim() === ""} onClick={() => void discard()}>
            Discard
          </Button>
        </>
      }
    >
      <div class="form">
        <p class="muted">It is kept, and can still be listed and shown; it cannot be replayed any more.</p>
        <TextArea
          label="Why"
          required
          maxLength={MAX_NOTE}
          value={note}
          onInput={setNote}
          hint="Kept with it, for whoever looks later."
        />
        {isBusy && many > 1 && (
          <p role="status">
            {count(done)} of {count(many)}
          </p>
        )}
        {error && <Failure error={error} />}
      </div>
    </Dialog>
  );
}

function outcome(discarded: number, many: number): string {
  if (discarded < many) return `${count(discarded)} of ${count(many)} discarded`;
  return many === 1 ? "Discarded" : `${count(many)} discarded`;
}
