"""The domain: frozen values and pure functions over NumPy, xarray and GeoDataFrames. No network, no web."""
