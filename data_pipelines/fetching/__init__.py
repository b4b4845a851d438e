"""Inputs that come from their publishers: asked for, checked, kept by their content."""
