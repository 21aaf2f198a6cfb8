"""The command `balans`: reads the words, calls the part they name, turns errors into one sentence.

Exit codes: 0 done, or stopped by SIGINT or SIGTERM; 1 `doctor` found something that needs attention, or a
part failed that might work later; 2 the words, the configuration or a file cannot be used.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NoReturn, TypeAlias

from balans.logs import set_up_logging
from monitor import __version__
from monitor.errors import AskAPerson, BalansError, ConfigurationError

DEFAULT_CONFIGURATION = Path("balans.toml")
DIFFERENCES_SAID = 50
ACCOUNT_DEEDS = {
    "add": "make an account; the password is asked for, or read from standard input",
    "list": "every account with its roles",
    "close": "nobody signs in with it any more",
    "password": "a new password; signs out everywhere",
    "roles": "other roles; signs out everywhere",
}


def main(words: Sequence[str] | None = None) -> int:
    """Do what the words say; the exit code."""
    arguments = parser().parse_args(words)
    set_up_logging(arguments.log_level)
    try:
        code: int = arguments.act(arguments)
    except BalansError as error:
        sys.stderr.write(f"balans: {error}\n")
        return 2 if isinstance(error, AskAPerson) else 1
    except KeyboardInterrupt:
        return 0
    return code


class Words(argparse.ArgumentParser):
    """Says what is wrong with the words in one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"balans: {message}; {self.prog} --help shows what there is.\n")


def parser() -> argparse.ArgumentParser:
    """All commands and their words."""
    top = Words(prog="balans", description="Watches a contact centre live and shows it in balance.")
    top.add_argument("--version", action="version", version=f"balans {__version__}")
    top.add_argument("--log-level", choices=("debug", "info", "warning", "error"), default="info")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _demo(commands)
    _run(commands)
    _collect(commands)
    _replay(commands)
    _export(commands)
    _rebuild(commands)
    _journal(commands)
    _config(commands)
    _doctor(commands)
    _account(commands)
    _directory(commands)
    _person(commands)
    _norm(commands)
    _survey(commands)
    return top


Commands: TypeAlias = "argparse._SubParsersAction[Words]"  # the type has no public name


def _demo(commands: Commands) -> None:
    words = commands.add_parser("demo", help="a simulated centre on a moving wallboard")
    words.add_argument("--port", type=_port, default=8000, help="of the wallboard (default 8000; 0 takes a free one)")
    words.add_argument("--host", default="127.0.0.1", help="of the wallboard (default 127.0.0.1: this machine only)")
    words.add_argument("--let-others-in", action="store_true", help="with --host: anybody there may play any role")
    words.add_argument("--seed", type=int, help="another seed is another day; the same seed is the same day")
    words.add_argument("--speed", type=float, help="how many times faster than the clock (default 1)")
    words.add_argument("--no-open", action="store_true", help="do not open a browser")
    words.set_defaults(act=demo)


def _run(commands: Commands) -> None:
    words = commands.add_parser("run", help="start the roles that the configuration names")
    _with_configuration(words)
    words.add_argument("--roles", metavar="ROLE,...", help="only these of collect, monitor and web, in this process")
    words.set_defaults(act=run)


def _collect(commands: Commands) -> None:
    words = commands.add_parser("collect", help="start one collector by its name in the configuration")
    words.add_argument("name", metavar="NAME", help="NAME of [collectors.NAME]")
    _with_configuration(words)
    words.set_defaults(act=collect)


def _replay(commands: Commands) -> None:
    words = commands.add_parser("replay", help="the figures of a recording")
    words.add_argument("source", choices=("call-table", "asterisk-ami", "asterisk-queue-log"), help="what was recorded")
    words.add_argument("files", metavar="FILE", nargs="+", type=Path, help="the recording; .gz is read as it is")
    words.add_argument("--preset", help="call-table: a table whose columns Balans knows (anonymous-bank)")
    words.add_argument("--day", type=_day, metavar="YYYY-MM-DD", help="call-table: only the calls of this day")
    words.add_argument("--report", choices=("text", "json"), default="text", help="a table to read, or one JSON object")
    words.add_argument(
        "--scores", action="store_true", help="call-table, --report json: add each agent's balance, if you may see it"
    )
    words.add_argument("--config", type=Path, metavar="FILE", help="how queues are measured (default: within 20 s)")
    words.set_defaults(act=replay)


def _journal(commands: Commands) -> None:
    words = commands.add_parser("journal", help="move the journal").add_subparsers(metavar="copy", required=True)
    copy = words.add_parser("copy", help="the whole journal into an empty database; stop the monitor first")
    copy.add_argument("--to", metavar="URL", required=True, help="postgresql://user@host/database or sqlite:///file")
    copy.add_argument("--password-file", metavar="FILE", type=Path, help="the password of the user in the URL")
    _with_configuration(copy)
    copy.set_defaults(act=journal_copy)


def _export(commands: Commands) -> None:
    words = commands.add_parser("export", help="the history of some days, as CSV or Parquet")
    words.add_argument("--from", dest="first", type=_day, required=True, metavar="DAY", help="the first day")
    words.add_argument("--to", dest="last", type=_day, required=True, metavar="DAY", help="the last day")
    words.add_argument("--kind", action="append", metavar="KIND", help="only site, line, channel, queue or team")
    words.add_argument("--step", choices=("15m", "1h", "1d"), default="15m", help="of the site's clock (default 15m)")
    words.add_argument("--format", choices=("csv", "parquet"), default="csv")
    words.add_argument("--out", type=Path, metavar="FILE", help="default: standard output (CSV)")
    _with_configuration(words)
    words.set_defaults(act=export)


def _rebuild(commands: Commands) -> None:
    words = commands.add_parser("rebuild", help="the history once more from the journal: is there any difference?")
    words.add_argument("--from", dest="first", type=_day, metavar="DAY", help="default: as far as the journal can tell")
    words.add_argument("--mend", action="store_true", help="put what the journal says in the place of what differs")
    _with_configuration(words)
    words.set_defaults(act=rebuild)


def _config(commands: Commands) -> None:
    words = commands.add_parser("config", help="check the configuration").add_subparsers(metavar="check", required=True)
    check = words.add_parser("check", help="say what is wrong, or what would be started")
    check.add_argument("config", metavar="FILE", nargs="?", type=Path, default=DEFAULT_CONFIGURATION)
    check.set_defaults(act=config_check)


def _doctor(commands: Commands) -> None:
    words = commands.add_parser("doctor", help="say in plain words what is wrong with a set-up, and what to do")
    words.add_argument("--config", type=Path, metavar="FILE", help=f"default: {DEFAULT_CONFIGURATION} if it is there")
    words.set_defaults(act=doctor)


def _account(commands: Commands) -> None:
    top = commands.add_parser("account", help="who may sign in")
    deeds = top.add_subparsers(dest="deed", metavar="DEED", required=True)
    for deed, help in ACCOUNT_DEEDS.items():
        words = deeds.add_parser(deed, help=help)
        if deed != "list":
            words.add_argument("login", metavar="LOGIN")
        if deed in ("add", "roles"):
            listed = "agent, lead, operations, privacy, admin"
            words.add_argument("--roles", metavar="ROLE,...", required=True, help=listed)
            words.add_argument("--teams", metavar="TEAM,...", help="of a lead: the teams that are led")
            words.add_argument(
                "--agent", metavar="ID", help="of an agent: the opaque id, or =NAME as its source says it"
            )
        if deed == "add":
            words.add_argument("--name", help="as others see it (default: the login)")
        _with_configuration(words)
        words.set_defaults(act=account)


def _person(commands: Commands) -> None:
    top = commands.add_parser("person", help="all that is kept of one agent")
    deeds = top.add_subparsers(dest="deed", metavar="DEED", required=True)
    export = deeds.add_parser("export", help="write it into a folder, for a program and for a person to read")
    erase = deeds.add_parser("erase", help="erase an agent who has left; asks nothing")
    for words in (export, erase):
        words.add_argument("agent", metavar="AGENT", help="the opaque id, or =NAME as its source says it")
    export.add_argument("--out", metavar="DIR", type=Path, default=Path("."), help="default: this folder")
    erase.add_argument("--still-here", action="store_true", help="although the directory does not say that it has left")
    for words in (export, erase):
        _with_configuration(words)
        words.set_defaults(act=person)


def _directory(commands: Commands) -> None:
    top = commands.add_parser("directory", help="names, teams and skills of the agents")
    taken = top.add_subparsers(metavar="import", required=True).add_parser(
        "import", help="the directory becomes what a TOML or CSV file says"
    )
    taken.add_argument("file", metavar="FILE", type=Path)
    _with_configuration(taken)
    taken.set_defaults(act=directory)


def _norm(commands: Commands) -> None:
    norm = commands.add_parser("norm", help="what is expected of contacts: learnt, compared, adopted by people")
    kinds = norm.add_subparsers(metavar="show|compare|adopt", required=True)
    for name, help in (
        ("show", "the norms adopted, and what has been learnt"),
        ("compare", "factor by factor, the norm in force and what has been learnt"),
        ("adopt", "what has been learnt holds from a day on; logged, and seen by every agent"),
    ):
        words = kinds.add_parser(name, help=help)
        _with_configuration(words)
        if name == "adopt":
            words.add_argument("--from", dest="since", type=_day, metavar="YYYY-MM-DD", help="default: tomorrow")
        words.set_defaults(act=norm_of, what=name)


def _survey(commands: Commands) -> None:
    kinds = commands.add_parser("survey", help="customers' marks").add_subparsers(metavar="import", required=True)
    words = kinds.add_parser("import", help="marks from a table (CSV) to the monitor that runs")
    words.add_argument("file", metavar="FILE", type=Path, help="a row a mark, with a header")
    words.add_argument("--kind", choices=("csat", "nps", "thumb"), default="csat", help="1-5, 0-10, or 0 and 1")
    for column, what in (
        ("contact", "the contact's id, as its source says it"),
        ("mark", "the mark"),
        ("at", "when it was given"),
        ("visit", "which visit of the contact, where that is known"),
    ):
        default = "" if column == "visit" else column
        words.add_argument(f"--{column}", metavar="COLUMN", default=default, help=f"the column with {what}")
    _with_configuration(words)
    words.set_defaults(act=survey_import)


def _with_configuration(words: argparse.ArgumentParser) -> None:
    words.add_argument(
        "--config", type=Path, metavar="FILE", default=DEFAULT_CONFIGURATION, help="default: balans.toml"
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 1999-03-11") from error


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; it is a number from 0 to 65535")
    return int(text)


def config_check(arguments: argparse.Namespace) -> int:
    """What is wrong with the file, as an error, or what it starts."""
    from balans.configuration import in_words, load_checked

    settings = load_checked(arguments.config)
    sys.stdout.write("\n".join(in_words(arguments.config, settings)) + "\n")
    return 0


def doctor(arguments: argparse.Namespace) -> int:
    """Each finding as it is made; 1 when something needs attention."""
    from balans.doctor import examine

    path = arguments.config
    if path is None and DEFAULT_CONFIGURATION.exists():
        path = DEFAULT_CONFIGURATION

    async def look() -> int:
        unwell = 0
        async for finding in examine(path):
            sys.stdout.write(f"{finding}\n")
            sys.stdout.flush()
            unwell += not finding.well
        return unwell

    unwell = asyncio.run(look())
    things = "1 thing needs" if unwell == 1 else f"{unwell} things need"
    sys.stdout.write(f"{things} attention.\n" if unwell else "All is well.\n")
    return 1 if unwell else 0


def replay(arguments: argparse.Namespace) -> int:
    """The report of a recording on standard output, progress on standard error."""
    from rich.console import Console

    from balans.replaying import Recording, replayed
    from balans.tables import show

    if arguments.scores and arguments.report != "json":
        raise ConfigurationError("--scores is for --report json: a table of people would be a ranking.")
    recording = Recording(arguments.source, arguments.files, preset=arguments.preset, day=arguments.day)
    report = replayed(recording, arguments.config, scores=arguments.scores)
    if arguments.report == "json":
        sys.stdout.write(report.json() + "\n")
    else:
        show(report, Console(soft_wrap=True, highlight=False))
    return 0


def journal_copy(arguments: argparse.Namespace) -> int:
    """The journal that the configuration names, copied; how many rows of what."""
    from balans.configuration import journal_address, load_checked
    from balans.progress import LateProgress
    from monitor.broker import runs_in
    from monitor.journal import copy_journal, journal_url

    settings = load_checked(arguments.config)
    if runs_in(settings.state_directory):
        raise ConfigurationError("Balans runs: stop it first, or what it journals meanwhile is not in the copy.")
    target = journal_url(arguments.to, settings.state_directory, arguments.password_file, key="--to")
    with LateProgress() as progress:
        copied = asyncio.run(copy_journal(journal_address(settings), target, progress.copied))
    rows = ", ".join(f"{count} rows of {table}" for table, count in copied.items())
    written = target.set(drivername=target.get_backend_name()).render_as_string(hide_password=True)
    sys.stdout.write(f"Copied {rows}. Now set journal.url to {written}.\n")
    return 0


def export(arguments: argparse.Namespace) -> int:
    """The rows on standard output or in a file, progress on standard error."""
    from balans.exporting import Export, export
    from monitor.history import KINDS

    wanted = Export(
        arguments.first,
        arguments.last,
        arguments.step,
        tuple(arguments.kind or KINDS),
        arguments.format,
        arguments.out,
    )
    asyncio.run(export(wanted, arguments.config))
    return 0


def rebuild(arguments: argparse.Namespace) -> int:
    """What differs on standard output; 1 when there is any."""
    from balans.rebuilding import rebuilt

    found = asyncio.run(rebuilt(arguments.config, arguments.first, mend=arguments.mend))
    for difference in found.differences[:DIFFERENCES_SAID]:
        sys.stdout.write(f"{difference}\n")
    if len(found.differences) > DIFFERENCES_SAID:
        sys.stdout.write(f"... and {len(found.differences) - DIFFERENCES_SAID} more\n")
    number = len(found.differences)
    said = "No difference" if not number else "1 difference" if number == 1 else f"{number} differences"
    mended = ", mended" if number and arguments.mend else ""
    sys.stdout.write(f"{said} in {found.quarters} quarters of an hour{mended}.\n")
    return 1 if number else 0


def run(arguments: argparse.Namespace) -> int:
    """The roles of the configuration, or those of them that `--roles` names, until a signal."""
    from balans.configuration import load_checked, with_roles
    from balans.roles import run_until_signal, serve_roles

    settings = load_checked(arguments.config)
    if arguments.roles is not None:
        settings = with_roles(settings, arguments.roles.split(","))
    return run_until_signal(serve_roles(settings))


def collect(arguments: argparse.Namespace) -> int:
    """One collector, until a signal."""
    from balans.configuration import load_checked, with_only_collector
    from balans.roles import run_until_signal, serve_roles

    settings = with_only_collector(load_checked(arguments.config), arguments.name)
    return run_until_signal(serve_roles(settings))


def person(arguments: argparse.Namespace) -> int:
    """All that is kept of one agent: handed out, or erased."""
    from balans.person import do_to_person

    return do_to_person(arguments)


def account(arguments: argparse.Namespace) -> int:
    """Make, list, close or change accounts."""
    from balans.people import do_to_account

    return do_to_account(arguments)


def directory(arguments: argparse.Namespace) -> int:
    """Take over a file with names."""
    from balans.people import import_directory

    return import_directory(arguments)


def norm_of(arguments: argparse.Namespace) -> int:
    """Show, compare or adopt, in lines."""
    from balans import norms
    from balans.configuration import load_checked

    settings = load_checked(arguments.config)
    if arguments.what == "adopt":
        lines = asyncio.run(norms.adopted(settings, arguments.since))
    else:
        lines = asyncio.run(norms.shown(settings) if arguments.what == "show" else norms.compared(settings))
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def survey_import(arguments: argparse.Namespace) -> int:
    """How many marks the monitor has taken in; 1 when some could not be read."""
    from balans.configuration import load_checked
    from balans.progress import LateProgress
    from balans.survey import import_survey
    from collectors.survey import SurveyColumns

    columns = SurveyColumns(arguments.contact, arguments.mark, arguments.at, arguments.visit)
    settings = load_checked(arguments.config)
    with LateProgress() as progress:
        importing = import_survey(arguments.file, columns, arguments.kind, settings, progress.copied)
        sent, unreadable = asyncio.run(importing)
    sys.stdout.write(f"{sent} marks are in the journal.\n")
    for reason, count in sorted(unreadable.items()):
        sys.stderr.write(f"balans: {count} rows were left out: {reason}.\n")
    return 1 if unreadable else 0


def demo(arguments: argparse.Namespace) -> int:
    """The simulated centre, on loopback unless told otherwise, until a signal."""
    from balans.demo import is_loopback, serve_demo
    from balans.roles import run_until_signal

    if not (arguments.let_others_in or is_loopback(arguments.host)):
        raise ConfigurationError(
            f"In the demo anybody may sign in with a click: --host {arguments.host} needs --let-others-in as well."
        )
    words = {"seed": arguments.seed, "speed": arguments.speed}
    given = {key: value for key, value in words.items() if value is not None}
    return run_until_signal(serve_demo(arguments.host, arguments.port, given, open_browser=not arguments.no_open))
