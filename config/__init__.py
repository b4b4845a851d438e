"""Configuration in TOML, the models that check it, and the values it becomes."""
