/** The wallboard: the board's parts in their places. */
import { firstOf, partsOf } from "./board";
import { Asked } from "./parts/asked";
import { BalanceView } from "./parts/balance";
import { CurveView } from "./parts/curve";
import { Alarm, HeaderView } from "./parts/header";
import { AdviceView, Behind, GoodNewsView, NoticesView, SourcesView } from "./parts/news";
import { RowsView } from "./parts/rows";
import { TileView } from "./parts/tile";
import { board, fresh } from "./state";
import { t } from "./text";

export function Wall() {
  const held = board.value;
  if (!held) {
    return (
      <div class="wall">
        <HeaderView header={null} />
        <Alarm />
        <main class="empty">
          <p>{t("page.waiting")}</p>
        </main>
      </div>
    );
  }
  const header = firstOf(held, "header");
  const advice = firstOf(held, "advice");
  const curve = firstOf(held, "curve");
  const news = firstOf(held, "good_news");
  const sources = firstOf(held, "sources");
  const rows = partsOf(held, "row");
  const notices = firstOf(held, "notices");
  return (
    <div class="wall" data-fresh={fresh.value} data-quiet={header?.quiet ?? false}>
      <HeaderView header={header} />
      <Alarm />
      <main>
        <div class="tiles">
          {partsOf(held, "tile").map(({ id, part }) => (
            <TileView key={id} id={id} tile={part} />
          ))}
        </div>
        {advice && <AdviceView advice={advice} />}
        <div class="floor">
          {notices && <NoticesView notices={notices} />}
          {rows.length > 0 && <RowsView rows={rows} />}
          {partsOf(held, "balance").map(({ id, part }) => (
            <BalanceView key={id} id={id} balance={part} />
          ))}
          <aside aria-label={t("page.today")}>
            {curve && <CurveView curve={curve} short={(notices?.notices.length ?? 0) > 1} />}
            {news && <GoodNewsView news={news} short={notices !== null} />}
          </aside>
        </div>
      </main>
      <footer>
        {sources && <SourcesView sources={sources} />}
        <Behind sources={sources} />
      </footer>
      <Asked />
    </div>
  );
}
