"""The edition store: layout, catalogue with migrations, publish, read, verify."""
