"""Overlays larger than memory: files in, files out, by passes over bands of rows."""
