"""Where logs live: one facade, `Store`, over memory, a folder of JSONL files, or SQLite."""

from engagekit.stores.addresses import open_store
from engagekit.stores.base import (
    Batch,
    DecodedEvent,
    Finding,
    LogAdapter,
    NewEvent,
    Receipt,
    StoredEvent,
)
from engagekit.stores.codec import Codec
from engagekit.stores.store import Edit, Store
from engagekit.stores.verify import VerifyReport

__all__ = [
    "Batch",
    "Codec",
    "DecodedEvent",
    "Edit",
    "Finding",
    "LogAdapter",
    "NewEvent",
    "Receipt",
    "Store",
    "StoredEvent",
    "VerifyReport",
    "open_store",
]
