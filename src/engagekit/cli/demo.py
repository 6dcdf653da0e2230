"""The command that shows everything once: a whole engagement, told and really run."""

from __future__ import annotations

import contextlib
import io
import shlex
import sys
import tempfile
from importlib import resources
from pathlib import Path
from typing import Annotated

import attrs
import typer

from engagekit.business_time.instants import as_datetime
from engagekit.cli.calls import Calls
from engagekit.cli.demo_script import PEOPLE, SCRIPT, Mend, Part, Run, Step, Test
from engagekit.cli.demo_tests import Build, DemoStopped
from engagekit.cli.places import in_store, sqlite_file
from engagekit.cli.screen import complain, line, show
from engagekit.cli.verb import app, verb
from engagekit.engagement.surroundings import now

__all__: list[str] = []

_ID = "acme_churn"


@verb("demo", "demo", "demo --store sqlite:///somewhere.db")
def demo(
    *,
    store: Annotated[
        str | None,
        typer.Option("--store", metavar="URL", help="A new file engagekit-demo.db where left out."),
    ] = None,
) -> None:
    """A whole engagement, told and really run.

    Eight phases, step by step, kept in a new SQLite file.
    """
    url = store or f"sqlite:///{_new_file()}"
    with tempfile.TemporaryDirectory(prefix="engagekit-demo-") as folder:
        try:
            _Telling.begun(Path(folder), url).tell()
        except DemoStopped as stopped:
            complain(str(stopped))
            raise typer.Exit(stopped.code) from None


@attrs.frozen
class _Telling:
    """One run of the demo: its build, its store, and what its commands are filled in with."""

    build: Build
    url: str
    words: dict[str, str]  # {name} in a command -> what is shown
    values: dict[str, str]  # {name} in a command -> what is run

    @classmethod
    def begun(cls, folder: Path, url: str) -> _Telling:
        """Lay out the folder; the id is one the store does not have yet."""
        build = Build(folder)
        build.prepare()
        name = _free_id(url)
        shipped = (resources.files("engagekit.cli") / "demo.toml").read_text(encoding="utf-8")
        definition = folder / "engagement.toml"
        definition.write_text(shipped.replace(f'"{_ID}"', f'"{name}"'), encoding="utf-8")
        until = as_datetime(now()).add(days=30).start_of("day").to_iso8601_string()
        files = {"definition": definition}
        files |= {"junit": folder / "junit.xml", "coverage": folder / "coverage.xml"}
        plain = {"id": name, "until": until}
        return cls(
            build,
            url,
            plain | {key: file.name for key, file in files.items()},
            plain | {key: str(file) for key, file in files.items()},
        )

    def tell(self) -> None:
        """Every step in order, then where it is kept."""
        show(
            line(("engagekit demo", "bold"), ": every command below is really run"),
            f"(with --store {self.url}).",
            *PEOPLE,
        )
        # Refusals belong to the story, in their place, also where only one stream is kept.
        with contextlib.redirect_stderr(sys.stdout):
            for step in SCRIPT:
                self._tell(step)
        self._end()

    def _tell(self, step: Step) -> None:
        match step:
            case Part():
                show("", line((f"== {step.title} ==", "bold")))
            case Run():
                self._run(step)
            case Test():
                self._say(step.told)
                show(*(line(("  | ", "dim"), said) for said in self.build.test()))
            case Mend():
                before, after = self.build.mend()
                self._say(step.told)
                show(line(("  - ", "red"), before), line(("  + ", "green"), after))

    def _run(self, step: Run) -> None:
        self._say(step.told)
        if not step.told and not step.quiet:
            show("")
        show(line(("$ ", "dim"), (f"engagekit {step.command.format(**self.words)}", "bold")))
        said = io.StringIO()
        with contextlib.redirect_stdout(said) if step.quiet else contextlib.nullcontext():
            code = self._ended(step.command)
        if code:
            show(line((f"[exit {code}]", "dim")))
        if code != step.exit:
            show(said.getvalue())
            raise DemoStopped(f"that should have ended with {step.exit}; please report it")

    def _ended(self, command: str) -> int:
        """Run a command within this process; its exit code."""
        arguments = [part.format(**self.values) for part in shlex.split(command)]
        if arguments[0] != "lifecycle":
            arguments += ["--store", self.url]
        return app(arguments, prog_name="engagekit", standalone_mode=False) or 0

    def _say(self, told: str) -> None:
        if told:
            show("", told)

    def _end(self) -> None:
        name = self.values["id"]
        file = sqlite_file(self.url)
        kept = self.url if file is None else f"the SQLite file {file.resolve()}"
        show("", f"It is kept in {kept}.", "Look at it:", "")
        show(line("  ", (Calls(name, self.url).call("show"), "bold cyan")))


def _new_file() -> str:
    """A file name in the current folder that nothing has yet."""
    number, name = 1, "engagekit-demo.db"
    while Path(name).exists():
        number += 1
        name = f"engagekit-demo-{number}.db"
    return name


def _free_id(url: str) -> str:
    with in_store(url, create=True) as store:
        taken = set(store.ids())
    number, name = 1, _ID
    while name in taken:
        number += 1
        name = f"{_ID}_{number}"
    return name
