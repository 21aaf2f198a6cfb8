"""Reading the score as of one moment: figures, explanations and reports, disputed contacts left out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from monitor.balance import calibration, explanation
from monitor.balance.context import Array, Topics
from monitor.balance.dispute import take_out
from monitor.balance.points import Assessment
from monitor.balance.rows import Rows
from monitor.balance.state import Standing
from monitor.balance.states import State


@dataclass(frozen=True)
class View:
    """`batches` are the rows kept up to the standing's cut; `disputed` the places of contacts that weigh nothing.
    Agents are named by their seat (see `Contact.seat`); a seat that is not known raises KeyError."""

    standing: Standing
    batches: tuple[Rows, ...]
    disputed: tuple[tuple[Rows, int], ...]
    topics: Topics

    @cached_property
    def sums(self) -> tuple[Array, Array]:
        """n and s, outcomes x agents."""
        n, s = self.standing.sums()
        for rows, place in self.disputed:
            take_out(n, s, rows, place, self.standing)
        return n, s

    @cached_property
    def assessment(self) -> Assessment:
        """Points, balance, range and chances, by the agents' rows of the ledger."""
        return self.standing.assess(*self.sums)

    def row(self, agent: str) -> int:
        """Where an agent stands in the arrays."""
        return self.standing.ledger.agents[agent]

    def state(self, agent: str) -> State:
        """What may be said, by the last night."""
        return self.standing.states[self.row(agent)]

    def points_parts(self, agent: str) -> dict[str, float]:
        """What helped, satisfied and pace add to B - 70."""
        return explanation.point_parts(self.assessment.points[:, self.row(agent)])

    def unfolded(self, agent: str) -> explanation.Unfolded:
        """The agent's deviations, down to the contact."""
        hidden = {rows.contacts[place].id for rows, place in self.disputed}
        return explanation.unfold(self.standing, *self.sums, self.row(agent), self.batches, hidden)

    def context(self, agent: str) -> explanation.Context | None:
        """What the agent's mix explains of the handle time."""
        return explanation.context(self.standing, self.row(agent), self.batches, self.topics)

    def calibration(self) -> tuple[calibration.Calibration, ...]:
        """Observed against expected per decile, over the rows kept."""
        return calibration.calibration(self.batches, self.standing)
