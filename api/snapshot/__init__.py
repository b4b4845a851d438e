"""The map to e-mail: one HTML file made from an edition, which opens offline and asks nothing of any server."""
