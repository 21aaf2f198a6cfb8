"""A simulated contact centre, seeded, whose truth can be asked for: the `demo` source."""

from collectors.demo.centre import DIRECTORY, settings_table
from collectors.demo.collector import Demo, FastClock, Settings
from collectors.demo.narrator import events
from collectors.demo.past import past
from collectors.demo.truth import Tally, Truth, truth

__all__ = ["DIRECTORY", "Demo", "FastClock", "Settings", "Tally", "Truth", "events", "past", "settings_table", "truth"]
