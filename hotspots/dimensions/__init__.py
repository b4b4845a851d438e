"""The dimensions of pollution, one module each, behind one interface (`hotspots.dimensions.model`)."""
