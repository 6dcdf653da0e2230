"""Every check by name, run in the environment that `make` keeps equal to requirements.lock.

`nox` runs all of them, the tests last; `nox --session types` runs one.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2026.10"
nox.options.default_venv_backend = "none"

# Programs come from the environment nox itself runs in, activated or not.
os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))

HERE = Path(__file__).parent
CODE = [
    name for name in ("src", "tests", "examples", "benchmarks", "tools") if (HERE / name).is_dir()
]
SCRIPTS = ["noxfile.py", "conftest.py", "docs/conf.py"]
PUBLIC_TYPING = [name for name in ("tests/typing",) if (HERE / name).is_dir()]

# The verdicts and what keeps them: here every line and every branch is run by some test.
COVERED = [
    "src/engagekit/__init__.py",
    "src/engagekit/errors.py",
    "src/engagekit/checks.py",
    *(
        f"src/engagekit/{package}/*"
        for package in (
            "business_time",
            "lifecycle",
            "gates",
            "rules",
            "sla",
            "engagement",
            "stores",
        )
    ),
]


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff finds nothing."""
    session.run("ruff", "check", *CODE, *SCRIPTS)


@nox.session(name="format")
def layout(session: nox.Session) -> None:
    """Ruff would format nothing differently."""
    session.run("ruff", "format", "--check", *CODE, *SCRIPTS)


@nox.session
def types(session: nox.Session) -> None:
    """The library and the public typing tests hold under two checkers; mypy is the gate."""
    session.run("mypy", "src", *PUBLIC_TYPING)
    session.run("pyrefly", "check", "--summary=none")


@nox.session
def layers(session: nox.Session) -> None:
    """Imports point down only, and each optional dependency has one home."""
    session.run("lint-imports", "--no-cache")


@nox.session
def dependencies(session: nox.Session) -> None:
    """What is imported is declared, what is declared is imported."""
    session.run("deptry", "src")


@nox.session
def docs(session: nox.Session) -> None:
    """The pages build without a warning, every reference resolved."""
    session.run("sphinx-build", "-n", "-W", "-q", "-b", "html", "docs", "docs/_build")


@nox.session
def packaging(session: nox.Session) -> None:
    """The built wheel, not the source tree, imports and carries its data."""
    session.run("pytest", "-q", "tests/packaging")


@nox.session
def tests(session: nox.Session) -> None:
    """Everything else under branch coverage: the core and the stores at 100 %."""
    session.run("coverage", "erase")
    # loadfile: the examples of one page share names, so one worker runs them in order.
    session.run(
        *("coverage", "run", "-m", "pytest", "-n", "2", "--dist", "loadfile"),
        *("--ignore", "tests/packaging", *session.posargs),
    )
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report", f"--include={','.join(COVERED)}", "--fail-under=100")
