"""The feature tables of an assessment, one module a table."""
