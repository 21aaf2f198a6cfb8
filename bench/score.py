"""Score: contacts a second into the balance, nights included, against only reading the same contacts.

    python bench/score.py [--days 20] [--agents 60]

A made-up centre, on one core: contacts, comings-back and marks in order of time, a night after each day. Reading is
decoding the same contacts from JSON with msgspec.
"""

from __future__ import annotations

import argparse
import gc
from random import Random
from time import process_time

import msgspec

from monitor.balance import Contact, Score, Topics

DAY = 86_400.0
ROUNDS = 3
TOPICS = Topics(names=tuple(f"topic {number}" for number in range(12)), hard=frozenset({"topic 3", "topic 7"}))
CHANNELS = ("voice", "mail", "chat", "whatsapp", "social", "video")


def made_up(days: int, agents: int, a_day: int = 48) -> list[list[Contact]]:
    """Contacts by day, in order of time."""
    random = Random(7)
    by_day = []
    for day in range(1, days + 1):
        contacts = [
            Contact(
                id=f"{day}-{agent}-{number}",
                agent=f"a{agent}",
                team=f"t{agent % 5}",
                line=2 if agent % 4 == 0 else 1,
                customer=f"k{random.randrange(10**7)}",
                topic=random.choice(TOPICS.names),
                channel=random.choice(CHANNELS),  # type: ignore[arg-type]
                closed_at=day * DAY + random.uniform(8, 20) * 3600,
                day=day,
                handle_seconds=random.lognormvariate(5.8, 0.6),
                waited_seconds=random.expovariate(1 / 90),
                pressure=random.uniform(0.6, 1.8),
                transferred=random.random() < 0.1,
            )
            for agent in range(agents)
            for number in range(a_day)
        ]
        by_day.append(sorted(contacts, key=lambda one: one.closed_at))
    return by_day


def scored(by_day: list[list[Contact]], facts: list[list[tuple[float, str, bool]]]) -> float:
    """CPU seconds for all of it."""
    gc.collect()
    began = process_time()
    score = Score(TOPICS)
    for number, contacts in enumerate(by_day):
        for contact in contacts:
            score.add(contact)
        for at, id, marked in facts[number]:
            if marked:
                score.marked(id, at, positive=True)
            else:
                score.came_back(id, at)
        score.close((number + 2) * DAY)
    return process_time() - began


def read(lines: list[bytes]) -> float:
    """CPU seconds to decode the contacts."""
    decode = msgspec.json.Decoder(Contact).decode
    gc.collect()
    began = process_time()
    for line in lines:
        decode(line)
    return process_time() - began


def told(by_day: list[list[Contact]]) -> list[list[tuple[float, str, bool]]]:
    """One in six gets a mark and one in six comes back, within the day."""
    random = Random(8)
    facts = []
    for contacts in by_day:
        some = [one for one in contacts if random.random() < 1 / 3]
        facts.append(sorted((one.closed_at + 60 * random.random(), one.id, random.random() < 0.5) for one in some))
    return facts


def main() -> None:
    """The best of three rounds."""
    words = argparse.ArgumentParser(description="Contacts a second into the balance.")
    words.add_argument("--days", type=int, default=20)
    words.add_argument("--agents", type=int, default=60)
    arguments = words.parse_args()
    by_day = made_up(arguments.days, arguments.agents)
    lines = [msgspec.json.encode(contact) for contacts in by_day for contact in contacts]
    facts = told(by_day)
    scoring = min(scored(by_day, facts) for _ in range(ROUNDS))
    reading = min(read(lines) for _ in range(ROUNDS))
    print(f"contacts             {len(lines):>10,}")
    print(f"scored a second      {len(lines) / scoring:>10,.0f}   (goal 20,000, one core)")
    print(f"only read a second   {len(lines) / reading:>10,.0f}   scoring costs {scoring / reading:.1f} times reading")


if __name__ == "__main__":
    main()
