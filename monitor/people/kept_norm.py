"""A norm as it is kept and printed: numbers and names, no arrays. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import numpy as np

from monitor.balance import Topics
from monitor.balance.norm import Norm


class KeptNorm(msgspec.Struct, frozen=True, kw_only=True):
    """`b` by outcome, in the order of `factors`; `par` by outcome and line; `team_share` by outcome and team; learnt
    from `contacts` in `days`."""

    version: int
    since: datetime
    contacts: int
    days: int
    formula: int
    factors: tuple[str, ...]
    b: tuple[tuple[float, ...], ...]
    par: tuple[tuple[float, ...], ...]
    team_share: tuple[dict[str, float], ...]

    def norm(self) -> Norm:
        """As the score takes it."""
        return Norm(
            version=self.version,
            since=self.since.timestamp(),
            contacts=self.contacts,
            b=tuple(np.array(of_outcome) for of_outcome in self.b),
            par=np.array(self.par),
            team_share=self.team_share,
            formula=self.formula,
        )


def kept(norm: Norm, topics: Topics, days: int) -> KeptNorm:
    """A norm to keep."""
    return KeptNorm(
        version=norm.version,
        since=datetime.fromtimestamp(norm.since, UTC),
        contacts=norm.contacts,
        days=days,
        formula=norm.formula,
        factors=topics.factors(),
        b=tuple(tuple(of_outcome.tolist()) for of_outcome in norm.b),
        par=tuple(tuple(of_outcome) for of_outcome in norm.par.tolist()),
        team_share=tuple(dict(of_outcome) for of_outcome in norm.team_share),
    )
