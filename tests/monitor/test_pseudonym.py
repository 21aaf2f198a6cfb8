"""People become ids by a keyed hash."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ConfigurationError
from monitor.pseudonym import Pseudonyms, load_or_make_key

ONE, OTHER = Pseudonyms(b"the key of one site"), Pseudonyms(b"the key of the other")


@given(st.text(min_size=1), st.text(min_size=1))
def test_the_same_person_the_same_id_and_another_person_another(one: str, other: str) -> None:
    assert ONE.customer(one) == ONE.customer(one)
    assert ONE.agent(one) == ONE.agent(one)
    if one != other:
        assert ONE.customer(one) != ONE.customer(other)
        assert ONE.agent(one) != ONE.agent(other)


@given(st.text(min_size=1))
def test_another_site_has_other_ids(name: str) -> None:
    assert ONE.customer(name) != OTHER.customer(name)
    assert ONE.agent(name) != OTHER.agent(name)


@given(st.from_regex(r"\+?[0-9]{6,15}", fullmatch=True))
def test_an_id_tells_nothing_and_names_its_kind(number: str) -> None:
    customer, agent = ONE.customer(number), ONE.agent(number)
    assert number not in customer
    assert (customer[:2], len(customer), agent[:2], len(agent)) == ("c-", 26, "a-", 14)
    assert customer[2:14] != agent[2:]


def test_nobody_stays_nobody() -> None:
    assert ONE.customer("") == ""


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="16 bytes"):
        Pseudonyms(b"short")


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "state" / "pseudonyms.key"
    key = load_or_make_key(path)
    assert load_or_make_key(path) == key
    assert len(key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_make_key(tmp_path / "another") != key


@pytest.mark.parametrize("content", [b"no hexadecimal", b"\xff\xfe", b"0"])
def test_a_key_that_cannot_be_read_is_the_operators_business(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="holds no readable key"):
        load_or_make_key(path)


def test_a_folder_is_no_key(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds no readable key"):
        load_or_make_key(tmp_path)


def test_processes_that_start_together_have_one_key(tmp_path: Path) -> None:
    together = Barrier(8)

    def start() -> bytes:
        together.wait()
        return load_or_make_key(tmp_path / "state" / "key")

    with ThreadPoolExecutor(8) as processes:
        keys = [started.result() for started in [processes.submit(start) for _ in range(8)]]
    assert len(set(keys)) == 1
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["key"]
