"""The `hotspots` command and the HTTP service."""
