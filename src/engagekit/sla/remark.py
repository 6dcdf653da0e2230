"""What one rule says of one field, before its source is added."""

from __future__ import annotations

from typing import TypeAlias

from engagekit.business_time.findings import Severity

__all__ = ["Remark"]

Remark: TypeAlias = tuple[str, Severity, str, str]  # rule, severity, field, message
