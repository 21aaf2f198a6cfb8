"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of recorded truth beside this checkout."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("shared/data is not beside this checkout")
    return folder


# This machine may be busy: hypothesis looks for wrong answers here, not for slow ones. Where CI is set it looks at the
# same examples each time.
hypothesis.settings.register_profile("balans", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("balans")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright's synchronous driver keeps an event loop running in the main thread, in which
    no asynchronous test could run after them."""
    items.sort(key=lambda item: "browser" in item.path.parts)
