import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";

export interface Question {
  title: string;
  body?: ComponentChildren;
  /** What the button says that does it: a verb. */
  action: string;
  /** It cannot be undone. @default false */
  danger?: boolean;
}

interface Asked extends Question {
  answer: (yes: boolean) => void;
}

const asked = signal<Asked | undefined>(undefined);

/** Asks before something is done: `if (await confirm({ title: "Discard it?", action: "Discard" })) …` */
export function confirm(question: Question): Promise<boolean> {
  asked.value?.answer(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  asked.value = { ...question, answer: resolve };
  return promise;
}

export function Confirmation() {
  const question = asked.value;
  if (!question) return null;
  const answer = (yes: boolean) => {
    asked.value = undefined;
    question.answer(yes);
  };
  return (
    <Dialog
      title={question.title}
      onClose={() => answer(false)}
      footer={
        <>
          <Button onClick={() => answer(false)}>Cancel</Button>
          <Button kind={question.danger ? "danger" : "primary"} onClick={() => answer(true)}>
            {question.action}
          </Button>
        </>
      }
    >
      {question.body}
    </Dialog>
  );
}
