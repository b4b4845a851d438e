"""From datasets to published editions."""
