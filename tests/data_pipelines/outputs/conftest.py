from dataclasses import replace

import pytest

from data_pipelines.outputs import write_all
from hotspots.policy import publishable
from hotspots.progress import Silent
from tests import miniature


@pytest.fixture(scope="session")
def publication():
    return publishable(miniature.assessment(), miniature.POLICY)


@pytest.fixture(scope="session")
def folder(publication, tmp_path_factory):
    path = tmp_path_factory.mktemp("edition")
    write_all(publication, path, Silent())
    return path


@pytest.fixture(scope="session")
def renamed():
    """The miniature with another name for its first hotspot and its source."""

    def make(name):
        assessment = miniature.assessment()
        hotspots, sources = assessment.hotspots.copy(), assessment.sources.copy()
        hotspots.loc[0, "name"] = name
        sources.loc[0, "name"] = name
        return publishable(replace(assessment, hotspots=hotspots, sources=sources), miniature.POLICY)

    return make
