/** The large figures as they would be now, while the board is being filled in. */
import { effect } from "@preact/signals";
import { partsOf } from "../board";
import * as format from "../format";
import type { Board, Figure, Tile } from "../generated/board";
import { MEASURES, type MeasureKey } from "../generated/measures";
import { language } from "../people/looks";
import { named } from "../people/speech";
import { reading } from "../standing";
import { draft, look, preview } from "./state";
import { t } from "./words";

const SOON_MS = 300;
const AGAIN_MS = 2_000;

effect(() => {
  if (!draft.value) return;
  const soon = setTimeout(() => void look(), SOON_MS);
  const again = setInterval(() => document.visibilityState === "visible" && void look(), AGAIN_MS);
  return () => {
    clearTimeout(soon);
    clearInterval(again);
  };
});

function inUnit(value: number, measure: string): string {
  const unit = MEASURES[measure as MeasureKey]?.unit;
  return unit ? format.inUnit(value, unit, language.value) : String(value);
}

function Beside({ figure }: { figure: Figure }) {
  const { expected, target, measure } = figure;
  if (expected !== null) return <>{t("preview.expected", { value: inUnit(expected, measure) })}</>;
  return target === null ? null : <>{t("preview.target", { value: inUnit(target, measure) })}</>;
}

function Large({ tile }: { tile: Tile }) {
  const [figure] = tile.figures;
  if (!figure) return null;
  const read = reading(figure);
  return (
    <li>
      <p>{named("measure", tile.measure)}</p>
      <p class={read === "figure" ? "figure" : "figure none"}>
        {read === "figure" && figure.value !== null ? inUnit(figure.value, figure.measure) : t(read === "too_little" ? "preview.too_few" : "preview.nothing")}
      </p>
      <p class="quiet">
        {[t(`window.${figure.window}`)]} <Beside figure={figure} />
      </p>
    </li>
  );
}

function Shown({ board }: { board: Board }) {
  const tiles = partsOf(board, "tile");
  return (
    <>
      <ol class="figures">
        {tiles.map(({ id, part }) => (
          <Large key={id} tile={part} />
        ))}
      </ol>
      {tiles.length < (draft.value?.form.tiles.length ?? 0) && <p class="quiet">{t("preview.hidden")}</p>}
    </>
  );
}

export function Preview() {
  const shown = preview.value;
  return (
    <div class="preview" role="group" aria-label={t("preview.title")}>
      <p class="quiet" aria-hidden="true">
        {t("preview.title")}
      </p>
      {shown === null && <p class="quiet">{t("say.loading")}</p>}
      {typeof shown === "string" && (
        <p class="said" role="status">
          {shown}
        </p>
      )}
      {shown !== null && typeof shown !== "string" && <Shown board={shown} />}
    </div>
  );
}
