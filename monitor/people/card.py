"""The formula card: what the balance is made of, published with its version and date. docs/balance.md is the whole."""

from __future__ import annotations

from datetime import date

from monitor.balance.points import PLATEAU, WEIGHTS
from monitor.balance.ripening import WINDOW_KNOWN
from monitor.measures import Text

FORMULA = "1"
SINCE = date(2026, 11, 20)
"""A change gets a new version and a date from which it holds; what was said before stays as it was."""

_HELPED, _SATISFIED, _PACE = (round(100 * float(weight)) for weight in WEIGHTS)
_DAYS = round(WINDOW_KNOWN / 86_400)

CARD: tuple[Text, ...] = (
    Text(
        en="One rule: what was observed minus what was to be expected, contact by contact, and less sure the less is "
        "known.",
        nl="Eén regel: wat er gebeurde min wat te verwachten was, contact voor contact, en voorzichtiger naarmate er "
        "minder bekend is.",
    ),
    Text(
        en=f"Helped ({_HELPED}%): solved without passing on, and the customer did not come back about the same matter "
        f"within {_DAYS} days.",
        nl=f"Geholpen ({_HELPED}%): opgelost zonder doorverbinden, en de klant kwam niet binnen {_DAYS} dagen terug "
        "over hetzelfde.",
    ),
    Text(
        en=f"Satisfied ({_SATISFIED}%): the customer said so. Marks alone never lead to a conversation.",
        nl=f"Tevreden ({_SATISFIED}%): de klant zei het. Cijfers alleen leiden nooit tot een gesprek.",
    ),
    Text(
        en=f"Pace ({_PACE}%): handle time beside what these contacts take everybody. Up to {PLATEAU:.0%} slower costs "
        "nothing, faster earns nothing.",
        nl=f"Tempo ({_PACE}%): de tijd naast wat deze contacten iedereen kosten. Tot {PLATEAU:.0%} langzamer kost "
        "niets, sneller levert niets op.",
    ),
    Text(
        en="Expected follows from topic, channel, line, passed on or not, an earlier contact, the wait, the rush and "
        "how many chats at once. Never from who the agent or the customer is.",
        nl="Verwacht volgt uit onderwerp, kanaal, lijn, wel of niet doorverbonden, een eerder contact, de wachttijd, "
        "de drukte en hoeveel chats tegelijk. Nooit uit wie de medewerker of de klant is.",
    ),
    Text(
        en="70 is as expected, 63 to 77 is the zone of it. Everybody can be there: there is no ranking.",
        nl="70 is zoals verwacht, 63 tot 77 is de zone daarvan. Iedereen kan daar zijn: er is geen ranglijst.",
    ),
    Text(
        en="Nothing follows from a balance by itself: no pay, no contract, no roster. It opens a conversation.",
        nl="Uit een balans volgt vanzelf niets: geen loon, geen contract, geen rooster. Ze opent een gesprek.",
    ),
)
