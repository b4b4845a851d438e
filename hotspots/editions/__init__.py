"""The edition store: layout, catalogue with migrations, publish, read, verify."""

from hotspots.editions.audit import AuditRow
from hotspots.editions.catalogue import EditionRecord, RegionState
from hotspots.editions.draft import EditionDraft, draft
from hotspots.editions.edition import Edition, Problem
from hotspots.editions.jobs import Job
from hotspots.editions.keys import Key
from hotspots.editions.layout import Layout, default_home
from hotspots.editions.manifest import Manifest
from hotspots.editions.outcomes import Stale, Unchanged
from hotspots.editions.store import PREVIOUS, Store

__all__ = [
    "PREVIOUS",
    "AuditRow",
    "Edition",
    "EditionDraft",
    "EditionRecord",
    "Job",
    "Key",
    "Layout",
    "Manifest",
    "Problem",
    "RegionState",
    "Stale",
    "Store",
    "Unchanged",
    "default_home",
    "draft",
]
