"""The built wheel, with nothing but the dependencies it declares, is the library."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import attrs
import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "engagekit"


@attrs.frozen
class Installation:
    """The wheel, and an environment that holds it and its declared dependencies only."""

    wheel: Path
    environment: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, away from the source tree."""
        program, *rest = arguments
        return subprocess.run(
            [self.environment / "bin" / program, *rest],
            cwd=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def ask(self, code: str) -> object:
        """What `code` prints as JSON, run by the environment's Python in isolated mode."""
        done = self.run("python", "-I", "-c", code)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Build and install without network; dependencies are those of the locked environment."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")

    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin" / "python"
    install = ["uv", "pip", "install", "--quiet", "--offline", "--no-deps", "--no-config"]
    subprocess.run(
        [sys.executable, "-m", *install, "--python", python, wheel], cwd=folder, check=True
    )
    (site_packages,) = environment.glob("lib/python*/site-packages")
    for name in runtime_closure("engagekit"):
        link_distribution(name, site_packages)
    return Installation(wheel, environment)


def runtime_closure(name: str) -> set[str]:
    """The distributions that `name` needs, directly or not, without any extra."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for text in metadata.requires(waiting.pop()) or ():
            need = Requirement(text)
            if need.name not in found and (not need.marker or need.marker.evaluate({"extra": ""})):
                found.add(need.name)
                waiting.append(need.name)
    return found


def link_distribution(name: str, site_packages: Path) -> None:
    """Make one distribution of the running environment visible in another."""
    distribution = metadata.distribution(name)
    for top in {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}:
        (site_packages / top).symlink_to(str(distribution.locate_file(top)))


def test_wheel_holds_the_package_and_its_data(installed: Installation) -> None:
    """Every module, every rule file and the typing marker are inside, and nothing else is."""
    inside = {
        name for name in zipfile.ZipFile(installed.wheel).namelist() if ".dist-info/" not in name
    }
    expected = {
        file.relative_to(PACKAGE.parent).as_posix()
        for pattern in ("*.py", "*.toml", "py.typed")
        for file in PACKAGE.rglob(pattern)
    }
    assert inside == expected
    assert "engagekit/py.typed" in inside


def test_wheel_imports_without_the_source_tree(installed: Installation) -> None:
    """The module comes from the wheel and knows the version of pyproject.toml."""
    where, version = installed.ask(
        "import json, engagekit; print(json.dumps([engagekit.__file__, engagekit.__version__]))"
    )
    assert Path(where).is_relative_to(installed.environment)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert version == project["version"]


def test_public_names_need_no_extra(installed: Installation) -> None:
    """Everything in `__all__` resolves with the runtime dependencies alone."""
    missing = installed.ask(
        "import json, engagekit as ek;"
        " print(json.dumps([name for name in ek.__all__ if not hasattr(ek, name)]))"
    )
    assert missing == []


def test_import_is_light(installed: Installation) -> None:
    """`import engagekit` leaves everything heavy or optional for the moment it is needed."""
    loaded = installed.ask("import json, sys, engagekit; print(json.dumps(sorted(sys.modules)))")
    assert not {"numpy", "sqlite3", "typer", "rich", "msgspec", "tomllib"} & set(loaded)


def test_readers_are_found_by_entry_point(installed: Installation) -> None:
    """The shipped evidence readers are plug-ins like anyone's, and load without an extra."""
    names = installed.ask(
        "import json; from importlib.metadata import entry_points;"
        " found = entry_points(group='engagekit.readers'); [each.load() for each in found];"
        " print(json.dumps(sorted(each.name for each in found)))"
    )
    assert names == ["cobertura", "junit"]


def test_command_without_its_extra_says_so(installed: Installation) -> None:
    """Without typer and rich the command names the extra instead of showing a traceback."""
    done = installed.run("engagekit", "--help")
    assert done.returncode != 0
    assert "engagekit[cli]" in done.stderr
    assert "Traceback" not in done.stderr
