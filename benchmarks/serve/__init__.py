"""The service beside its peers, on the same data, under the same load: ``python -m benchmarks.serve``."""
