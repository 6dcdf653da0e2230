"""The FAQ's five-phase wording, as a view mapped onto the plan's own phases."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["SHORT_FORM", "short_form"]

SHORT_FORM = {
    "requirements_definition": "discovery",
    "scoping_proposal": "scoping",
    "contracting": "scoping",
    "implementation": "implementation",
    "testing_qa": "testing",
    "monitoring_handoff": "handoff",
}


def short_form(ids: Sequence[str]) -> dict[str, str]:
    """Phase id -> its short form, for every phase of a plan, in plan order.

    An inserted phase goes with the canonical phase before it; before the first one, with the first.
    """
    view: dict[str, str] = {}
    current = SHORT_FORM["requirements_definition"]
    for phase in ids:
        current = SHORT_FORM.get(phase, current)
        view[phase] = current
    return view
