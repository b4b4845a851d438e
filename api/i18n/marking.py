"""How a text in a table is marked for translation where it is written, to be translated where it is shown."""


def N_(message: str) -> str:  # noqa: N802  # the name that extractors of messages know
    """``message`` itself."""
    return message
