"""Measurements: `make bench` writes their figures to benchmarks/results/."""
