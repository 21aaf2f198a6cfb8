"""The alerts over HTTP: what stands, for everybody; to acknowledge, for a signed-in lead."""

from __future__ import annotations

from datetime import datetime

import httpx
from fastapi import FastAPI, Header, HTTPException

from monitor.alerts.alarms import Alarms
from monitor.feed import Feed
from monitor.figures import SiteFigures, SourceHealth
from monitor.settings import Settings
from tests.monitor.alerts.test_rules import passed
from tests.pictures import NOW, site
from tests.web.conftest import Served
from web.alerts import acknowledging_router
from web.answers import say_errors_in_words

KEY = "source_silent:source:pbx"


def with_an_alert() -> SiteFigures:
    return passed(Alarms(Settings()), site(sources=(SourceHealth(source="pbx", state="lost"),)), 2)


async def test_what_stands_is_told_to_everybody(web: Served) -> None:
    async with web.client() as client:
        assert (await client.get("/api/v1/alerts")).status_code == 503
        await web.feed.publish(with_an_alert())
        answer = (await client.get("/api/v1/alerts")).json()
        assert [alert["key"] for alert in answer["alerts"]] == [KEY]
        assert answer["alerts"][0]["title"] == {"en": "pbx is silent", "nl": "pbx zwijgt"}
        assert (await client.post(f"/api/v1/alerts/{KEY}/acknowledge")).status_code in (404, 405), "nobody signs in"


async def lead(x_account: str = Header("")) -> str:
    """In place of sign-in."""
    if not x_account:
        raise HTTPException(401, "Sign in first.")
    return x_account


async def test_a_lead_acknowledges_an_alert_that_stands() -> None:
    feed, said = Feed(), []

    async def acknowledge(key: str, fired_at: datetime, account: str, at: datetime) -> bool:
        said.append((key, fired_at, account, at))
        return len(said) == 1

    app = FastAPI()
    say_errors_in_words(app)
    app.include_router(acknowledging_router(feed, lead, acknowledge, lambda: NOW))
    picture = with_an_alert()
    await feed.publish(picture)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://balans") as client:
        address, account = f"/api/v1/alerts/{KEY}/acknowledge", {"x-account": "account-7"}
        assert (await client.post(address)).status_code == 401
        assert said == []
        assert (await client.post(address, headers=account)).status_code == 204
        assert said == [(KEY, picture.alerts[0].fired_at, "account-7", NOW)]
        other = await client.post("/api/v1/alerts/occupancy:site:site/acknowledge", headers=account)
        assert (other.status_code, other.json()["error"]) == (404, "There is no alert occupancy:site:site now.")
        assert (await client.post(address, headers=account)).status_code == 404, "it ended meanwhile"
        assert len(said) == 2
