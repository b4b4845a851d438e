"""Vector and raster tiles: built at publish time, rendered on the fly."""
