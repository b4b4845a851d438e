"""Releases to pressure, one module a dimension."""
