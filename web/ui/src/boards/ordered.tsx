/** A list that somebody puts in order: each place has its buttons, so that it works by keyboard and by finger. */
import { useRef } from "preact/hooks";
import { Icon } from "../parts/shapes";
import { moved, without } from "./draft";
import { t } from "./words";

export interface Choice {
  readonly id: string;
  readonly label: string;
  readonly note?: string;
}

interface Props {
  readonly title: string;
  /** What is said while nothing is chosen. */
  readonly none: string;
  readonly add: string;
  readonly chosen: readonly string[];
  readonly choices: readonly Choice[];
  readonly most?: number;
  readonly change: (chosen: readonly string[]) => void;
}

const labelOf = (choices: readonly Choice[], id: string): Choice => choices.find((one) => one.id === id) ?? { id, label: id };

export function Ordered({ title, none, add, chosen, choices, most = Infinity, change }: Props) {
  const list = useRef<HTMLOListElement>(null);
  const left = choices.filter((one) => !chosen.includes(one.id));
  // The button that was used goes along with what it moved.
  const move = (place: number, step: -1 | 1): void => {
    change(moved(chosen, place, step));
    requestAnimationFrame(() => {
      const button = list.current?.children[place + step]?.querySelector<HTMLButtonElement>(`[data-step="${step}"]`);
      const other = list.current?.children[place + step]?.querySelector<HTMLButtonElement>(`[data-step="${-step}"]`);
      (button?.disabled ? other : button)?.focus();
    });
  };
  return (
    <fieldset class="ordered">
      <legend>{title}</legend>
      {chosen.length === 0 && <p class="quiet">{none}</p>}
      <ol ref={list}>
        {chosen.map((id, place) => {
          const { label, note } = labelOf(choices, id);
          return (
            <li key={id}>
              <span>
                {label}
                {note && <span class="quiet"> · {note}</span>}
              </span>
              <span class="steps">
                <button type="button" data-step="-1" disabled={place === 0} aria-label={t("order.up", { name: label })} onClick={() => move(place, -1)}>
                  <Icon name="up" />
                </button>
                <button
                  type="button"
                  data-step="1"
                  disabled={place === chosen.length - 1}
                  aria-label={t("order.down", { name: label })}
                  onClick={() => move(place, 1)}
                >
                  <Icon name="down" />
                </button>
                <button type="button" aria-label={t("order.remove", { name: label })} onClick={() => change(without(chosen, place))}>
                  <Icon name="close" />
                </button>
              </span>
            </li>
          );
        })}
      </ol>
      {left.length > 0 && chosen.length < most && (
        <label class="field add">
          <span class="unseen">{add}</span>
          <select
            value=""
            onChange={({ currentTarget }) => {
              change([...chosen, currentTarget.value]);
              currentTarget.value = "";
            }}
          >
            <option value="">{add}</option>
            {left.map((one) => (
              <option key={one.id} value={one.id}>
                {one.note ? `${one.label} · ${one.note}` : one.label}
              </option>
            ))}
          </select>
        </label>
      )}
    </fieldset>
  );
}
