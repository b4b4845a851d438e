"""Features of an edition over HTTP, after OGC API - Features: what is asked, found and written."""
