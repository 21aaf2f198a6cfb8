"""What the documents promise: their configuration is in order, their links lead somewhere, their commands exist."""

import re
from pathlib import Path

import pytest

from balans.cli import parser
from balans.configuration import load_checked
from monitor.settings import Settings

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids)
def test_links_within_the_project_lead_somewhere(document: Path) -> None:
    links = [link for link in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]

    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_five_lines_of_the_readme_are_a_whole_configuration(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    config = tmp_path / "balans.toml"
    config.write_text(block)

    assert block.count("\n") == 5
    settings = load_checked(config)
    assert settings.collectors["telephone"]["source"] == "asterisk_ami"
    assert list(settings.boards) == ["main"]


def test_the_configuration_page_speaks_of_every_table() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    tables = set(Settings.model_fields) - {"roles", "state_directory"}

    assert [table for table in tables if f"`[{table}" not in page] == []


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = next(action for action in parser()._actions if action.choices and action.dest != "log_level").choices
    assert commands is not None

    assert [command for command in commands if f"`balans {command}" not in readme] == []


def test_the_privacy_page_names_code_and_tests_that_there_are() -> None:
    page = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:monitor|web|balans|collectors|tests)/[^`]+\.py)(?:::(\w+))?`", page)

    assert len(re.findall(r"^\| \*\*\d+\. ", page, re.MULTILINE)) == 12
    assert len(named) > 50
    for path, test in named:
        assert (ROOT / path).is_file(), path
        assert not test or f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{test}"
