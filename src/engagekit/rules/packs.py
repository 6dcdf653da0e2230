"""Rule packs and criteria sets as shipped: read once, from package data.

A published criteria set never changes: a log names the version it was started under
(`baseline.v1`) and is judged by that version for ever.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from engagekit import checks
from engagekit.rules.schema import RulePack, pack_from

__all__ = ["CRITERIA_SETS", "criteria_rows", "criteria_set_id", "load"]

CRITERIA_SETS = ("baseline.v1", "measured.v1")  # the newest version of a name stands last
PACKS = ("baseline",)


def load(pack: str = "baseline") -> RulePack:
    """A shipped rule pack.

    Raises:
        UnknownId: no such pack.
    """
    return _loaded(checks.known_id(pack, PACKS, "rule pack", where="rules"))


@cache
def _loaded(name: str) -> RulePack:
    return pack_from(_toml(f"{name}.toml"), f"{name}.toml")


def criteria_set_id(name: object) -> str:
    """The full id of a criteria set: "measured" means its newest version.

    Raises:
        UnknownId: no such set.
    """
    if name in CRITERIA_SETS:
        return str(name)
    newest = {full.partition(".")[0]: full for full in CRITERIA_SETS}
    return newest[checks.known_id(name, newest, "criteria set", where="criteria")]


@cache
def criteria_rows(set_id: str) -> dict[str, list[dict[str, Any]]]:
    """Phase id -> rows of its default criteria, as they stand in the set's file."""
    rows: dict[str, list[dict[str, Any]]] = _toml(f"criteria/{set_id}.toml")["gates"]
    return rows


def _toml(name: str) -> dict[str, Any]:
    import tomllib  # only who reads a pack pays for it

    return tomllib.loads((resources.files("engagekit.rules") / "data" / name).read_text("utf-8"))
