"""For other tools: one file, or one family of files, for each format.

An import keeps what it does not understand and says so; an export can be read back unchanged.
"""

from engagekit.interop.openslo import Objective, OpenSLOFile, read_openslo, write_openslo
from engagekit.interop.openslo_objects import OpenSLOObject
from engagekit.interop.openslo_window import TimeWindow

__all__ = [
    "Objective",
    "OpenSLOFile",
    "OpenSLOObject",
    "TimeWindow",
    "read_openslo",
    "write_openslo",
]
