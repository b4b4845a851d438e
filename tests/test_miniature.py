from hotspots.policy import publishable
from tests import miniature


def test_the_miniature_passes_the_policy_stage() -> None:
    out = publishable(miniature.assessment(), miniature.POLICY)
    assert set(out.tables) == {"hotspots", "sources", "admin"}
    assert out.tables["hotspots"]["people"].sum() == 1000
