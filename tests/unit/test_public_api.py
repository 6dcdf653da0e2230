"""What people import: complete, importable, and shown under the name they know it by."""

from __future__ import annotations

import importlib.metadata
import inspect
import subprocess
import sys
import traceback

import pytest

import engagekit as ek

# Names of DESIGN section 11 that have landed; the list grows with the library.
PROMISED = [
    *("Criterion", "Engagement", "Evidence", "GateReport", "Phase", "PhasePlan"),
    *("open_store", "read_evidence", "use_clock", "EngagekitError", "Refused", "GateClosed"),
    *("IllegalMove", "SelfApproval", "StaleSignOff", "DefinitionError", "UnknownId", "PackError"),
    *(
        "EvidenceError",
        "StoreError",
        "StaleVersion",
        "TamperedLog",
        "StoreUnavailable",
        "MissingExtra",
    ),
]

VERBS = [
    *("start", "replay", "check", "attest", "record", "waive"),
    *("sign_off", "advance", "hold", "resume", "rework", "cancel"),
    *("reopen", "insert_phase", "add_service", "deliver", "accept", "reject"),
    *("as_of", "explain", "id", "phase", "status", "plan"),
    *("log", "profile"),
]


@pytest.mark.parametrize("name", PROMISED)
def test_a_promised_name_is_there(name):
    """Every name the design fixes is public and importable."""
    assert name in ek.__all__
    assert getattr(ek, name) is not None


@pytest.mark.parametrize("verb", VERBS)
def test_an_engagement_has_what_the_design_promises(verb):
    """Every verb and property the design fixes is there, with a docstring."""
    assert inspect.getdoc(getattr(ek.Engagement, verb))


@pytest.mark.parametrize("verb", ["attest", "record", "waive", "sign_off", "advance", "hold"])
def test_who_and_when_are_asked_by_keyword(verb):
    """`by` is required and `at` optional, never by position (law 5)."""
    parameters = inspect.signature(getattr(ek.Engagement, verb)).parameters
    assert parameters["by"].kind is parameters["at"].kind is inspect.Parameter.KEYWORD_ONLY
    assert parameters["by"].default is inspect.Parameter.empty
    assert parameters["at"].default is None


def test_all_is_complete():
    """`__all__` names every public object of the package, each once, and each is there."""
    for name in ek.__all__:
        getattr(ek, name)
    public = {
        name
        for name, value in vars(ek).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert public - {"annotations", "TYPE_CHECKING", "Any"} <= set(ek.__all__)
    assert len(set(ek.__all__)) == len(ek.__all__)


def test_dir_lists_what_is_public():
    """Tab completion shows the public names and the version, no machinery."""
    assert dir(ek) == sorted([*ek.__all__, "__version__"])


def test_the_version_is_that_of_the_installed_distribution():
    """There is one version number, in the metadata."""
    assert ek.__version__ == importlib.metadata.version("engagekit")


def test_an_unknown_attribute_is_an_attribute_error():
    """A name that is not there fails as on any module."""
    with pytest.raises(AttributeError, match="module 'engagekit' has no attribute 'Engagment'"):
        ek.Engagment  # noqa: B018
    assert not hasattr(ek, "os")


def test_exceptions_are_shown_under_their_public_name():
    """Tracebacks say engagekit.GateClosed, not where the file happens to be."""
    for name in ek.__all__:
        value = getattr(ek, name)
        if isinstance(value, type) and issubclass(value, ek.EngagekitError):
            assert value.__module__ == "engagekit"
    shown = traceback.format_exception_only(ek.Refused("no"))
    assert shown == ["engagekit.Refused: no\n"]


def test_readers_and_stores_load_on_first_use():
    """Importing the library brings no parser and no database; asking for a name does."""
    code = (
        "import sys, engagekit as ek\n"
        "heavy = {'engagekit.readers', 'engagekit.stores', 'numpy', 'msgspec'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "ek.read_evidence\n"
        "assert 'engagekit.readers' in sys.modules and 'read_evidence' in vars(ek)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
