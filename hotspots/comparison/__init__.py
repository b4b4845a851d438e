"""Two editions of one region: what changed, by how much, and why."""

from hotspots.comparison.compare import Comparison, compare
from hotspots.comparison.differences import Difference
from hotspots.comparison.subject import Dataset, Subject

__all__ = ["Comparison", "Dataset", "Difference", "Subject", "compare"]
