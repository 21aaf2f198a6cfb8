/** One figure as a button that opens its explanation. "No data", zero and "too little to say" look different. */
import { useRef } from "preact/hooks";
import type { Figure } from "../generated/board";
import { reading } from "../standing";
import { explained } from "../state";
import { inUnit, label, measure, t } from "../text";

export function textOf(figure: Figure): string {
  const known = measure(figure.measure);
  return figure.value === null || !known ? "" : inUnit(figure.value, known.unit);
}

/** The unit after a number is set smaller than the number. */
function Number({ text }: { text: string }) {
  const [, number = text, unit = ""] = /^(.*?\d)(\D*)$/.exec(text) ?? [];
  return (
    <>
      {number}
      {unit && <span class="unit">{unit}</span>}
    </>
  );
}

function Face({ figure, text }: { figure: Figure; text: string | undefined }) {
  const shown = text ?? textOf(figure);
  const before = useRef(shown);
  // One short flash when the figure changes; a count that runs on (`text`) does not flash.
  const changed = text === undefined && before.current !== shown;
  before.current = shown;
  switch (reading(figure)) {
    case "too_little":
      return <span class="too-little">{t("figure.too_little")}</span>;
    case "nothing":
      return (
        <span class="nothing">
          <span aria-hidden="true">–</span>
          <span class="nothing-word">{t("figure.nothing")}</span>
        </span>
      );
    case "figure":
      return (
        <span class={`value${changed ? " changed" : ""}${figure.value === 0 ? " zero" : ""}`} key={changed ? shown : undefined}>
          <Number text={shown} />
        </span>
      );
  }
}

interface Props {
  figure: Figure;
  /** Where the explanation finds it again. */
  part: string;
  index: number;
  text?: string | undefined;
  name?: string;
}

export function FigureButton({ figure, part, index, text, name }: Props) {
  return (
    <button type="button" class="figure" aria-haspopup="dialog" onClick={() => (explained.value = { part, index })}>
      <span class="unseen">{`${name ?? label(figure.measure)} `}</span>
      <Face figure={figure} text={text} />
    </button>
  );
}
