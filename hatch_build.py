"""The build hook: a wheel carries the built pages. An editable install, and any with BALANS_PAGES=later, leaves
them to `make ui`."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _ui(root: str) -> ModuleType:
    """tools/ui.py, which is no part of the installed packages."""
    spec = importlib.util.spec_from_file_location("balans_ui", Path(root) / "tools" / "ui.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class PagesHook(BuildHookInterface[Any]):
    """Builds web/static before the wheel is packed."""

    def dependencies(self) -> list[str]:
        """What the build needs: the generated types are made with msgspec and NumPy; Node as a package where npm is
        missing."""
        if self.target_name != "wheel":
            return []
        ui = _ui(self.root)
        if ui.is_built() or os.environ.get("BALANS_PAGES") == "later":
            return []
        return ["msgspec>=0.20,<1", "numpy>=2.0,<3"] + ([] if ui.node_is_here() else [ui.NODE_PACKAGE])

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable" and os.environ.get("BALANS_PAGES") != "later":
            _ui(self.root).build()
