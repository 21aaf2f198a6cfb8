"""The table of measures, and the page that is made from it."""

import re

import pytest

from monitor.measures import BY_KEY, MEASURES, Measure
from monitor.tiles import TILE_MEASURES
from web.exports import series_names
from web.reference import DOCUMENT, NOT_EXPORTED, PROMQL, document


def test_each_measure_is_one_row() -> None:
    assert len(BY_KEY) == len(MEASURES)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.key)
def test_a_measure_says_all_in_both_languages(measure: Measure) -> None:
    for text in (measure.label, measure.help, measure.formula):
        assert text.en.strip()
        assert text.nl.strip()
        assert text.en != text.nl or measure.formula is text


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.key)
def test_thresholds_stand_in_the_order_of_their_bands(measure: Measure) -> None:
    limits = measure.thresholds
    if limits is None:
        return
    if measure.better == "higher":
        assert limits.act < limits.good
    if measure.better == "lower":
        assert limits.good < limits.act
    if measure.better == "band":
        assert limits.idle is not None
        assert limits.idle < limits.good < limits.act


def test_the_unit_of_a_measure_is_in_its_name() -> None:
    assert all(measure.unit == "ratio" for measure in MEASURES if measure.key.endswith("_ratio"))
    assert all(measure.unit == "seconds" for measure in MEASURES if measure.key.endswith("_seconds"))


def test_what_a_board_may_name_is_in_the_table() -> None:
    assert set(TILE_MEASURES) <= set(BY_KEY)


def test_every_measure_can_be_asked_of_prometheus_or_is_said_not_to_be() -> None:
    assert set(PROMQL) | set(NOT_EXPORTED) == BY_KEY.keys()
    assert not set(PROMQL) & set(NOT_EXPORTED)
    names = series_names()
    for expression in PROMQL.values():
        for name in re.findall(r"balans_\w+", expression):
            assert name in names or names[re.sub(r"_(sum|count)$", "", name)][0] in ("summary", "histogram")


def test_the_document_is_current() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run `python -m web.reference`"
