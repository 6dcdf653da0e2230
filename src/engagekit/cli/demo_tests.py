"""The demo's build: copy the small suite to a folder, run it for real, mend the copy."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from importlib import resources
from pathlib import Path

import attrs

from engagekit.errors import EngagekitError

__all__ = ["Build", "DemoStopped"]

_MISTAKE, _MENDED = "len(customers) // size", "-(-len(customers) // size)"
_FILES = {"__init__.py": "__init__.py", "batches.py": "batches.py", "checks.py": "test_batches.py"}
_RUN = ("coverage", "run", "--source=demo_suite", "--omit=*/test_*", "-m", "pytest")
_OPTIONS = ("-q", "--no-header", "--tb=no", "-p", "no:cacheprovider", "--junitxml=junit.xml")
_TIME_LIMIT = 120  # seconds


class DemoStopped(EngagekitError):
    """The demo cannot go on; `code` is what the command ends with."""

    def __init__(self, message: str, *, code: int = 1) -> None:
        self.code = code
        super().__init__(message)


@attrs.frozen
class Build:
    """A folder with the suite in it, where its tests are run."""

    folder: Path

    def prepare(self) -> None:
        """Copy the suite as it is shipped, mistake and all."""
        suite = self.folder / "demo_suite"
        suite.mkdir()
        for shipped, name in _FILES.items():
            source = resources.files("engagekit.cli") / "demo_suite" / shipped
            (suite / name).write_bytes(source.read_bytes())
        (self.folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")

    def test(self) -> list[str]:
        """Run the tests; leaves junit.xml and coverage.xml. What pytest said, in short.

        Raises:
            DemoStopped: pytest or coverage is not installed, or neither report was written.
        """
        for module in ("pytest", "coverage"):
            if importlib.util.find_spec(module) is None:
                raise DemoStopped(
                    "this step really runs tests, and pytest and coverage are not installed here:"
                    " pip install pytest coverage",
                    code=2,
                )
        said = self._python(*_RUN, *_OPTIONS, "demo_suite")
        self._python("coverage", "xml", "-q", "-o", "coverage.xml")
        if (
            not (self.folder / "junit.xml").is_file()
            or not (self.folder / "coverage.xml").is_file()
        ):
            raise DemoStopped(f"the tests left no report; pytest said: {said[-2000:]}")
        return [told for told in said.splitlines() if told.startswith("FAILED") or " in " in told]

    def mend(self) -> tuple[str, str]:
        """Mend the mistake in the copy; the line as it was and as it is."""
        file = self.folder / "demo_suite" / "batches.py"
        before = file.read_text(encoding="utf-8")
        file.write_text(before.replace(_MISTAKE, _MENDED), encoding="utf-8")
        return f"calls = {_MISTAKE}", f"calls = {_MENDED}"

    def _python(self, *arguments: str) -> str:
        # A run under coverage or pytest must not lend its settings to this one.
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("COVERAGE", "COV_", "PYTEST"))
        }
        environment |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(  # noqa: S603 (our own interpreter, our own arguments)
            [sys.executable, "-m", *arguments],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_TIME_LIMIT,
            check=False,
        )
        return done.stdout.decode("utf-8", "replace")
