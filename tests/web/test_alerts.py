"""The alerts over HTTP: what stands, for who may see figures; to acknowledge, for a signed-in lead."""

from __future__ import annotations

from pathlib import Path

from monitor.alerts import store as kept
from monitor.alerts.alarms import Alarms
from monitor.alerts.keeper import Keeper
from monitor.feed import Feed
from monitor.figures import SiteFigures, SourceHealth
from monitor.settings import Settings
from tests.monitor.alerts.test_rules import passed
from tests.people import Browser, demo_people, store
from tests.pictures import NOW, site
from tests.web.conftest import Served
from web.app import create_app

KEY = "source_silent:source:pbx"
ADDRESS = f"/api/v1/alerts/{KEY}/acknowledge"


def with_an_alert(alarms: Alarms) -> SiteFigures:
    return passed(alarms, site(sources=(SourceHealth(source="pbx", state="lost"),)), 2)


async def test_what_stands_is_told(web: Served) -> None:
    async with web.client() as client:
        assert (await client.get("/api/v1/alerts")).status_code == 503
        await web.feed.publish(with_an_alert(Alarms(Settings())))
        answer = (await client.get("/api/v1/alerts")).json()
        assert [alert["key"] for alert in answer["alerts"]] == [KEY]
        assert answer["alerts"][0]["title"] == {"en": "pbx is silent", "nl": "pbx zwijgt"}
        assert (await client.post(ADDRESS)).status_code == 401


async def test_a_lead_acknowledges_and_the_monitor_hears_of_it(tmp_path: Path) -> None:
    async with store(tmp_path) as database:
        await demo_people(database)
        alarms, feed = Alarms(Settings()), Feed()
        keeper = Keeper(alarms, database)
        picture = with_an_alert(alarms)
        await feed.publish(picture)
        await keeper.keep()
        app = create_app(
            Settings(boards={"main": {}}),
            feed,
            demo=True,
            clock=lambda: picture.at,
            database=database,
            wall_clock=lambda: NOW,
        )
        agent, lead = Browser(app), Browser(app)
        await agent.play("agent")
        await lead.play("lead")

        assert (await agent.post(ADDRESS)).status_code == 403
        assert (await lead.post("/api/v1/alerts/occupancy:site:site/acknowledge")).status_code == 404
        assert await kept.acknowledged(database) == []
        assert (await lead.post(ADDRESS)).status_code == 204
        await keeper.keep()
        assert alarms.state.firing[KEY].acknowledged_by == "demo-lead"
        shown = alarms.seen(picture)
        assert shown.alerts[0].acknowledged_at == picture.at
        await feed.publish(shown)
        assert "demo-lead" not in (await lead.get("/api/v1/alerts")).text
