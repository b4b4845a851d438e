"""The pages' languages: catalogues in gettext format, and how each language writes numbers and days."""

from api.i18n.language import ENGLISH, LANGUAGES, Language, chosen, language_of
from api.i18n.marking import N_

__all__ = ["ENGLISH", "LANGUAGES", "N_", "Language", "chosen", "language_of"]
