"""One writer a file; each accepts only a Publishable."""
