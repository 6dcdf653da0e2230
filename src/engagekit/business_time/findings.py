"""What a reader of a definition should look at again, although it is no error."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

__all__ = ["Finding", "Severity"]

Severity: TypeAlias = Literal["error", "warning", "info"]


@attrs.frozen(kw_only=True)
class Finding:
    """One observation, with the rule that made it and where the rule comes from."""

    rule: str  # "C04"
    severity: Severity
    message: str  # what is wrong, and the way out
    source: str
    where: str = ""  # the field that is meant: "calendar.week.mon"

    def to_dict(self) -> dict[str, str]:
        """Plain values for JSON."""
        return {name: str(value) for name, value in attrs.asdict(self).items()}

    def __str__(self) -> str:
        return f"{self.rule} {self.severity}: {self.message} [{self.source}]"
