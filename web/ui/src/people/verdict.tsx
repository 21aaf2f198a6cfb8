/** Deciding on what somebody brought forward, with an answer that is read by whom it is about. */
import type { ComponentChildren } from "preact";
import { sent } from "./form";

export type Outcome = "upheld" | "rejected";
interface Words {
  readonly answer: string;
  readonly uphold: string;
  readonly reject: string;
}

export function Verdict({
  words,
  decide,
  children,
}: {
  words: Words;
  decide: (outcome: Outcome, answer: string) => void;
  children: ComponentChildren;
}) {
  const send = (event: SubmitEvent): void => {
    const value = sent(event);
    decide(value("outcome") as Outcome, value("answer"));
  };
  return (
    <form onSubmit={send}>
      {children}
      <label class="field">
        {words.answer}
        <input name="answer" required maxLength={500} />
      </label>
      <div class="actions">
        <button type="submit" class="button" name="outcome" value="upheld">
          {words.uphold}
        </button>
        <button type="submit" class="button" name="outcome" value="rejected">
          {words.reject}
        </button>
      </div>
    </form>
  );
}
