/** Once a week, for who asked to be let at work: how the last whole week was, in words. */
import type { OwnPage } from "../generated/people";
import { count, date } from "../people/speech";
import { plural, t } from "./words";

const WEEK_MS = 7 * 86_400_000;

export function Digest({ own }: { own: OwnPage }) {
  const week = own.weeks.at(-1);
  if (!week) return <p>{t("digest.none")}</p>;
  const began = Date.parse(week.monday);
  const thanks = own.thanks.filter((one) => one.at >= began && one.at < began + WEEK_MS).length;
  return (
    <>
      <p class="word">{t("digest.title", { day: date(week.monday) })}</p>
      <p>
        {plural("digest.contact", "digest.contacts", week.contacts)} {t("digest.state", { state: t(`state.${week.state}`) })}{" "}
        {thanks > 0 && plural("digest.thank", "digest.thanks", thanks, { n: count(thanks) })}
      </p>
    </>
  );
}
