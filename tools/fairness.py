"""`make fairness`: simulated centres with a known truth, scored, and held against the limits of their maker.

    python tools/fairness.py [--first-seed N] [--worlds base,sorted,...]

Beside the balance stand two boards that are common: a speed board (mean handle time) and a card of weighted z-scores
(handle time, transfers, comings-back, marks). Needs the tool `scorelab` beside this checkout, or SCORELAB=folder.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
LAB = Path(os.environ.get("SCORELAB", ROOT.parent / "shared" / "tools" / "scorelab"))
BUILD = ROOT / "build" / "fairness"
SEEDS = {"base": 6}
GAMES = {"hangup": -1.5, "rush": -3.0, "transfer": -4.0, "slow": -2.0, "cherry": 2.5, "upcode": 0.3, "split": 0.3}
"""How many points a gamer's balance may change at most."""
CARD = {"handle": -0.30, "transferred": -0.25, "back": -0.25, "mark": 0.20}
FLAGGED = 0.10
"""A board flags the lowest tenth."""
DAYS = (1, 5, 20)


def main() -> None:
    """Everything, or the worlds that were named."""
    words = argparse.ArgumentParser(description="The acceptance table of the balance, beside two common boards.")
    words.add_argument("--first-seed", type=int, default=7001)
    words.add_argument("--worlds", help="comma-separated; default all, and gaming")
    arguments = words.parse_args()
    if not (LAB / "export.py").is_file():
        sys.stdout.write(f"There is no scorelab in {LAB}; SCORELAB=folder names another place.\n")
        return
    sys.dont_write_bytecode = True
    accept = _module(LAB / "accept.py")
    worlds = arguments.worlds.split(",") if arguments.worlds else [*accept.LIMITS, "gaming", "stability"]
    failed = 0
    for world in worlds:
        if world == "gaming":
            failed += _gaming(arguments.first_seed)
        elif world == "stability":
            failed += _stability(arguments.first_seed)
        else:
            failed += _world(accept, world, range(arguments.first_seed, arguments.first_seed + SEEDS.get(world, 4)))
    sys.stdout.write(f"\n{failed} limits missed.\n" if failed else "\nAll limits hold.\n")
    sys.exit(1 if failed else 0)


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def _world(accept: ModuleType, world: str, seeds: range) -> int:
    places = [_made(world, seed) for seed in seeds]
    _scored(places, ["--freeze-after", "10"] if world == "tide" else [])
    found = accept.evaluate([str(place) for place in places])
    missed = 0
    sys.stdout.write(f"\n{world}, seeds {seeds.start}-{seeds.stop - 1}\n")
    for day, metric, relation, limit in accept.LIMITS[world]:
        value = found[day][metric]
        holds = value is not None and _holds(value, relation, limit)
        missed += not holds
        shown = "-" if value is None else f"{value:.3f}"
        sys.stdout.write(
            f"  {'pass' if holds else 'MISS'}  day {day:>2}  {metric:<18}{relation:>5} {limit:<6} {shown}\n"
        )
    if world == "base":
        _beside(accept, places, found)
    for place in places:
        shutil.rmtree(place)
    return missed


def _holds(value: float, relation: str, limit: float) -> bool:
    if relation == "abs<=":
        return abs(value) <= limit
    return value >= limit if relation == ">=" else value <= limit


def _made(world: str, seed: int, gaming: str = "") -> Path:
    place = BUILD / f"{world}-{seed}{gaming.replace(':', '-')}"
    words = ["--seed", str(seed), "--variant", world, "--out", str(place)]
    words += ["--gaming", gaming] if gaming else []
    _python("-B", str(LAB / "export.py"), *words)
    return place


def _scored(places: list[Path], words: list[str]) -> None:
    _python(str(ROOT / "bench" / "fairness.py"), *map(str, places), *words)


def _python(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], check=True, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    return done.stdout


def _gaming(seed: int) -> int:
    missed = 0
    sys.stdout.write("\ngaming: change of the gamers' balance at day 20, points (mean of two seeds)\n")
    honest = [_made("base", one) for one in (seed, seed + 1)]
    _scored(honest, [])
    for game, limit in GAMES.items():
        gamed = [_made("base", one, f"{game}:6") for one in (seed, seed + 1)]
        _scored(gamed, [])
        said = [
            _python("-B", str(LAB / "accept_gaming.py"), *map(str, pair)) for pair in zip(honest, gamed, strict=True)
        ]
        change = float(np.mean([json.loads(line)["gamers"] for line in said]))
        missed += not change <= limit
        sys.stdout.write(f"  {'pass' if change <= limit else 'MISS'}  {game:<9} <= {limit:<5} {change:+.2f}\n")
        for place in gamed:
            shutil.rmtree(place)
    for place in honest:
        shutil.rmtree(place)
    return missed


def _stability(seed: int) -> int:
    """Every hour of every day, as an agent's own page would show it: what is `too_early` shows no points."""
    place = _made("base", seed)
    sys.path.insert(0, str(ROOT))
    found = _module(ROOT / "bench" / "fairness.py").stability(place / "events.ndjson")
    shutil.rmtree(place)
    sys.stdout.write(f"\nstability, seed {seed}\n")
    missed = 0
    for name, value, limit in (
        ("state changes an agent-day, leaving too_early apart", found.changes, 0.06),
        ("points a shown balance moved within an hour, at most", found.largest, 3.0),
        ("points a shown balance moved by a night, at most", found.largest_by_night, 3.0),
    ):
        missed += value > limit
        sys.stdout.write(f"  {'pass' if value <= limit else 'MISS'}  {name:<66} <= {limit:<5} {value:.3f}\n")
    for name, value in (
        ("state changes an agent-day, all", found.all_changes),
        ("points it would have moved within an hour, not held back", found.largest_held),
        ("share of figures held back", found.held_share),
    ):
        sys.stdout.write(f"        {name:<66} {'':<8} {value:.5f}\n")
    return missed


# The two common boards.


def _beside(accept: ModuleType, places: list[Path], balance: dict[str, Any]) -> None:
    boards = {"speed board": _board(accept, places, {"handle": -1.0}), "z-score card": _board(accept, places, CARD)}
    boards["balance"] = balance
    sys.stdout.write("\n  beside it                         " + "".join(f"{f'day {day}':>8}" for day in DAYS) + "\n")
    for metric, name in (
        ("rho", "rank correlation, truth"),
        ("false_of_flagged", "flagged, yet at par"),
        ("bias_hard", "bias, hard queues (sd)"),
    ):
        for board, found in boards.items():
            values = "".join(f"{found[str(day)][metric]:>8.2f}" for day in DAYS)
            sys.stdout.write(f"  {name:<24}{board:<14}{values}\n")


def _board(accept: ModuleType, places: list[Path], weights: dict[str, float]) -> dict[str, Any]:
    made = []
    for place in places:
        other = place.with_name(place.name + "-board")
        other.mkdir(exist_ok=True)
        shutil.copy(place / "truth.json", other)
        with (other / "scores.ndjson").open("w") as file:
            for line in _board_lines(place, weights):
                file.write(json.dumps(line) + "\n")
        made.append(other)
    found: dict[str, Any] = accept.evaluate([str(one) for one in made])
    for one in made:
        shutil.rmtree(one)
    return found


def _board_lines(place: Path, weights: dict[str, float]) -> list[dict[str, Any]]:
    cuts = {day: cut["at"] for day, cut in json.loads((place / "truth.json").read_text())["checkpoints"].items()}
    sums: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    agents: dict[str, str] = {}
    lines: list[dict[str, Any]] = []
    waiting = sorted(cuts.items(), key=lambda pair: pair[1])
    for raw in (place / "events.ndjson").open():
        event = json.loads(raw)
        while waiting and event["t"] > waiting[0][1]:
            lines += _lines(waiting.pop(0)[0], sums, weights)
        if event["type"] == "contact.closed":
            agents[event["contact"]] = event["agent"]
            sums[event["agent"]]["handle"].append(event["handle_s"])
            sums[event["agent"]]["transferred"].append(event["outcome"] == "transferred")
        elif event["type"] == "contact.repeated":
            sums[agents[event["contact"]]]["back"].append(1.0)
        else:
            sums[agents[event["contact"]]]["mark"].append(event["score"] >= 4)
    for day, _ in waiting:
        lines += _lines(day, sums, weights)
    return lines


def _lines(day: str, sums: dict[str, dict[str, list[float]]], weights: dict[str, float]) -> list[dict[str, Any]]:
    names = sorted(sums)
    card = np.zeros(len(names))
    for measure, weight in weights.items():
        values = np.array([_rate(sums[name], measure) for name in names])
        values = np.where(np.isnan(values), np.nanmean(values), values)
        card += weight * (values - values.mean()) / (values.std() or 1.0)
    lowest = np.quantile(card, FLAGGED)
    return [
        {
            "checkpoint": int(day),
            "agent": name,
            "balance": 70 + 10 * value,
            "lo": 0,
            "hi": 100,
            "state": "attention" if value <= lowest else "in_balance",
        }
        for name, value in zip(names, card.tolist(), strict=True)
    ]


def _rate(of_agent: dict[str, list[float]], measure: str) -> float:
    if measure == "back":
        return len(of_agent["back"]) / max(1, len(of_agent["handle"]))
    return float(np.mean(of_agent[measure])) if of_agent[measure] else float("nan")


if __name__ == "__main__":
    main()
