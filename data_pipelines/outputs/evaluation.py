"""How modelled totals meet monitors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from data_pipelines.outputs.spreadsheet import write_csv
from hotspots.evaluation import Evaluation
from hotspots.fields.report_tables import EVALUATION
from hotspots.policy import Publishable


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``report/evaluation.csv``: one row a pollutant; no file where no monitors are among the inputs."""
    evaluations = publishable.assessment.evaluations
    if evaluations:
        path = folder / "report" / EVALUATION.file
        names = [field.name for field in EVALUATION.fields]
        write_csv(pd.DataFrame([_row(item) for item in evaluations], columns=names), path)
        yield path


def _row(item: Evaluation) -> tuple[object, ...]:
    skill = item.skill
    figures = (
        (skill.n, skill.mean_modelled, skill.mean_observed, skill.nmb, skill.fac2, skill.spearman) if skill else ()
    )
    period = (f"{item.start:%Y-%m-%d}", f"{item.end:%Y-%m-%d}")
    return (item.pollutant, item.monitors, *period, *(figures or (0, *[np.nan] * 5)), item.reason)
