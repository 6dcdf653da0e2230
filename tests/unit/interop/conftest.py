"""What the tests of OpenSLO share: one small SLO, with any part of it replaced."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engagekit.errors import DefinitionError
from engagekit.interop import read_openslo

SMALL = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: checkout
spec:
  service: shop
  indicator:
    metadata:
      name: good-orders
    spec:
      ratioMetric:
        good: {metricSource: {type: Prometheus, spec: {query: ok}}}
        total: {metricSource: {type: Prometheus, spec: {query: all}}}
  timeWindow:
    - duration: 28d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: 0.999
"""


@pytest.fixture
def small() -> Callable[..., str]:
    """The text of a small SLO, with parts of it replaced: `small("0.999", "1.5")`."""

    def replaced(*parts: str) -> str:
        text = SMALL
        for old, new in zip(parts[::2], parts[1::2], strict=True):
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        return text

    return replaced


@pytest.fixture
def faults() -> Callable[[str | bytes], list[str]]:
    """Every fault for which a text is refused, as text."""

    def found(text: str | bytes) -> list[str]:
        with pytest.raises(DefinitionError) as refused:
            read_openslo(text)
        return [str(fault) for fault in refused.value.faults]

    return found
