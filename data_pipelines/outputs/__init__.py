"""The files of an edition: one writer a file; each accepts only a Publishable."""

from data_pipelines.outputs.write import write_all

__all__ = ["write_all"]
