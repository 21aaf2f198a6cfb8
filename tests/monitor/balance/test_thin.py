"""The score runs: a contact in, a figure out."""

from monitor.balance import Contact, Score, Topics


def test_a_contact_is_scored() -> None:
    score = Score(Topics(names=("order",)))
    score.add(Contact(id="c1", agent="a1", closed_at=100.0, day=1, handle_seconds=360.0, topic="order"))
    score.close(1000.0)
    view = score.view()
    assert view.state("a1") == "too_early"
    assert 60.0 < view.assessment.balance[view.row("a1")] < 80.0
