"""What the tools report: one reader per format, chosen by what is in the file.

Further formats come as entry points of the group `engagekit.readers`; nothing is guessed from a
file's name, and what cannot be read as what it claims to be is refused, never taken for clean.
"""

from engagekit.readers.base import Reader, Reading
from engagekit.readers.read import read_evidence
from engagekit.readers.registry import known_kinds
from engagekit.readers.source import Source

__all__ = ["Reader", "Reading", "Source", "known_kinds", "read_evidence"]
