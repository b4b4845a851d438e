"""One adapter a file; each is registered by decorator."""
