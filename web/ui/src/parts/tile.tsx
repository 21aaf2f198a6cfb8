/** One of the at most five large figures: the figure, how it stands, and what belongs beside it. */
import type { Figure, Tile } from "../generated/board";
import { reading, scaleOf, standing } from "../standing";
import { countedAt } from "../state";
import { clock, duration, inUnit, label, measure, t } from "../text";
import { LONGEST_WAIT, longestWait } from "../own";
import { FigureButton } from "./figure";
import { Shape } from "./shapes";


/** The slender scale under a figure: the zone where it should be, and where it is. */
function Beam({ figure }: { figure: Figure }) {
  const scale = scaleOf(figure);
  if (!scale) return <div class="beam" />;
  const x = (place: number): number => 4 + 192 * place;
  return (
    <svg class="beam" viewBox="0 0 200 16" preserveAspectRatio="none" aria-hidden="true">
      <path class="beam-line" d="M4 8H196" />
      <path class="beam-zone" d={`M${x(scale.from)} 8H${x(scale.to)}`} />
      <path class="beam-here" d={`M${x(scale.at)} 1V15`} />
    </svg>
  );
}

/** How the large figure stands, with what it is measured against. */
function State({ figure }: { figure: Figure }) {
  const { tone, word } = standing(figure);
  if (reading(figure) === "too_little") return <p class="state">{t("figure.n", { n: figure.n })}</p>;
  if (!word) return null;
  return (
    <p class="state" data-tone={tone}>
      <Shape tone={tone} />
      {t(word)}
    </p>
  );
}

function against(figure: Figure): string | null {
  const known = measure(figure.measure);
  if (!known) return null;
  if (figure.expected !== null) return t("tile.expected", { value: inUnit(figure.expected, known.unit) });
  if (figure.target !== null) return t("tile.target", { value: inUnit(figure.target, known.unit) });
  return null;
}

/** A smaller figure beside the large one, named by its measure or, where that is the same, by its window. */
function Beside({ id, figure, index, same }: { id: string; figure: Figure; index: number; same: boolean }) {
  const name = same ? t(`window.${figure.window}`) : label(figure.measure);
  return (
    <li>
      <span aria-hidden="true">{name}</span>
      <FigureButton figure={figure} part={id} index={index} name={name} />
    </li>
  );
}

/** How long the first in line has waited: counts on between messages. */
function Longest({ id, began }: { id: string; began: number }) {
  const waited = (countedAt.value - began) / 1000;
  return (
    <li>
      <span aria-hidden="true">{label("longest_wait_seconds")}</span>
      <FigureButton figure={longestWait(waited)} part={id} index={LONGEST_WAIT} text={duration(waited)} />
    </li>
  );
}

export function TileView({ id, tile }: { id: string; tile: Tile }) {
  // One figure stands beside the large one; the explanation tells them all.
  const [main, beside] = tile.figures;
  if (!main) return null;
  const compared = against(main);
  return (
    <section class="tile" data-tone={standing(main).tone} data-stale={tile.stale_since !== null}>
      <h2>
        {label(tile.measure)}
        {main.window !== "now" && <span class="window">{t(`window.${main.window}`)}</span>}
      </h2>
      <div class="large">
        <FigureButton figure={main} part={id} index={0} />
      </div>
      <Beam figure={main} />
      {tile.stale_since === null ? (
        <State figure={main} />
      ) : (
        // How it stood then says nothing of now.
        <p class="state stale">{t("stale.since", { time: clock(tile.stale_since) })}</p>
      )}
      <ul class="beside">
        {compared && (
          <li>
            {compared}
          </li>
        )}
        {tile.began_at !== null && <Longest id={id} began={tile.began_at} />}
        {beside && <Beside id={id} figure={beside} index={1} same={beside.measure === tile.measure} />}
      </ul>
    </section>
  );
}
