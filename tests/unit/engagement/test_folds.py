"""Folds: each reads the events that mean something to it, and no others."""

from __future__ import annotations

import pytest

from engagekit.engagement.deliverables import Deliverables
from engagekit.engagement.events import EVENT_CLASSES, EngagementStarted
from engagekit.engagement.gatekeeping import GateBook
from engagekit.engagement.profile import Terms


def seen(fold):
    """Everything a fold remembers."""
    return {name: getattr(fold, name, None) for name in fold.__slots__}


@pytest.mark.parametrize("kind", [Terms, GateBook, Deliverables])
def test_a_fold_reads_known_events_and_leaves_the_others_alone(kind, start):
    """What is not among its `reads` changes nothing, even when it is handed over."""
    assert kind.reads < set(EVENT_CLASSES)
    e = start()
    e.attest("timeline", by="bob")
    e.deliver("report", to="Acme", by="ana")
    e.hold("x", by="ana")
    for version, event in enumerate(e.log, 1):
        fold = kind()
        if kind is Terms and not isinstance(event, EngagementStarted):
            fold.evolve(e.log[0], 1)
        before = repr(seen(fold))
        fold.evolve(event, version)
        assert (repr(seen(fold)) != before) is (type(event) in kind.reads)
