"""One language of the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale, negotiate_locale
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from markupsafe import Markup, escape

from api.i18n.marking import N_
from hotspots.contributor_names import AREAS, OUTSIDE_WORDS, WITHHELD, kind_of, place_of, title_of

FOLDER = Path(__file__).resolve().parent / "locale"
LANGUAGES = {
    "ar": "العربية",
    "zh": "中文",
    "en": "English",
    "fr": "Français",
    "ru": "Русский",
    "es": "Español",
}
"""The six languages of the United Nations, each by its own name, in the order the organisation lists them."""
SOURCE = "en"
"""The language that messages are written in."""
SCRIPTS = "api/web/js/"
KILOBYTE, MEGABYTE = N_("kB"), N_("MB")
SMALL = 0.001
"""Numbers below it are written as powers of ten, here as in the scripts."""
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
TITLE = N_("%(subject)s: %(what)s")
"""How a title names a subject and what of it is shown; the registry writes its titles so."""
OF_AREA = N_("%(sector)s, %(place)s")
"""How the releases of an area are called."""
OF_GRID = N_("%(sector)s (inventory)")
"""How a sector is called whose releases are those of an inventory's grid."""


@dataclass(frozen=True)
class Language:
    """Texts, numbers and days of one language. Digits are European in all of them, as in the units beside them."""

    code: str
    translations: NullTranslations
    known: frozenset[str]
    """The messages that the catalogue translates."""
    script_messages: dict[str, str | list[str]]
    """What the scripts say: message -> its translation, or its plural forms."""

    @property
    def locale(self) -> Locale:
        """Babel's locale."""
        return Locale.parse(self.code)

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``."""
        return self.locale.text_direction

    @property
    def plural_categories(self) -> list[str]:
        """Unicode's names of the plural forms, in the order of the catalogue."""
        return list(CATEGORIES[self.code])

    def text(self, message: str) -> str:
        """The translation of ``message``; itself where the catalogue has none."""
        return self.translations.gettext(message) if message else message

    def knows(self, message: str) -> bool:
        """Whether the catalogue has ``message``."""
        return self.code == SOURCE or message in self.known

    def told(self, message: str) -> Markup:
        """The translation, or the English marked as such: free text of an edition is written in English."""
        if self.knows(message):
            return escape(self.text(message))
        return Markup('<span lang="en" dir="ltr">{}</span>').format(message)

    def titled(self, title: str) -> str:
        """A title of the registry, part by part: ``Air: pressure``."""
        if self.knows(title):
            return self.text(title)
        subject, colon, what = title.partition(": ")
        if not colon:
            return title
        return self.text(TITLE) % {"subject": self.text(subject), "what": self.text(what)}

    def contributor(self, entry: Mapping[str, Any]) -> str:
        """What a contributor of a hotspot (one of ``top_sources``) is called; facilities are as the data call them."""
        known, name = str(entry["id"]), str(entry["name"])
        if known == WITHHELD:
            return self.text(name)
        if not known.startswith(AREAS):
            return name
        sector, place = self.text(title_of(known, name)), place_of(known)
        if kind_of(known) == "gridded":
            sector = self.text(OF_GRID) % {"sector": sector}
        return self.text(OF_AREA) % {
            "sector": sector,
            "place": self.text(place) if place == OUTSIDE_WORDS else place,
        }

    def unit(self, unit: str) -> str:
        """A unit of the registry, factor by factor: ``person · hazard quotient``."""
        return " · ".join(self.text(part) for part in unit.split(" · "))

    def number(self, value: float | None, digits: int = 3) -> str:
        """``value`` in ``digits`` significant digits: whole above 100, a power of ten below 0.001, a dash for none."""
        if value is None:
            return "–"
        if 0 < abs(value) < SMALL:
            digit, _, exponent = f"{value:.1e}".partition("e")
            return f"{self._decimal(float(digit), '0.0')} × 10{str(int(exponent)).translate(RAISED)}"
        whole = value == 0 or abs(value) >= 100
        return self._decimal(value, "#,##0" if whole else "@" + "#" * (digits - 1))

    def _decimal(self, value: float, pattern: str) -> str:
        return format_decimal(value, format=pattern, locale=self.locale)

    def percent(self, share: float) -> str:
        """A share of 1 in whole percent; what is less than one is told as such."""
        return "< 1 %" if 0 < share < 0.01 else f"{self.number(round(100 * share), 3)} %"

    def day(self, when: date | datetime | str) -> str:
        """A day in words; a text is one in ISO 8601."""
        moment = datetime.fromisoformat(when) if isinstance(when, str) else when
        return format_date(moment, format="long", locale=self.locale)

    def size(self, size_bytes: int) -> str:
        """A file size, e.g. 3.4 MB."""
        if size_bytes < 1_000_000:
            return f"{self.number(max(1, round(size_bytes / 1000)))} {self.text(KILOBYTE)}"
        return f"{self.number(size_bytes / 1_000_000, 2)} {self.text(MEGABYTE)}"


CATEGORIES = {
    "ar": ("zero", "one", "two", "few", "many", "other"),
    "zh": ("other",),
    "en": ("one", "other"),
    "fr": ("one", "other"),
    "ru": ("one", "few", "many"),
    "es": ("one", "other"),
}
"""The plural forms of each catalogue, in its order, by Unicode's names."""


def chosen(asked: str | None, accepted: str) -> Language:
    """The language ``asked`` for, else the first that an Accept-Language header takes, else English."""
    if asked in LANGUAGES:
        return language_of(str(asked))
    ranges = [part.partition(";") for part in accepted.split(",")]
    preferred = sorted(ranges, key=lambda part: -_weight(part[2]))
    wanted = [part[0].strip() for part in preferred if _weight(part[2]) > 0]
    return language_of(negotiate_locale(wanted, list(LANGUAGES), sep="-") or SOURCE)


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


@cache
def language_of(code: str) -> Language:
    """The language of ``code``, one of LANGUAGES."""
    if code == SOURCE:
        return Language(code, NullTranslations(), frozenset(), {})
    catalogue = catalogue_of(code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    known = frozenset(str(message.id) for message in catalogue if message.string and not message.pluralizable)
    return Language(code, Translations(compiled), known, _of_scripts(catalogue))


def catalogue_of(code: str) -> Catalog:
    """The catalogue of ``code`` as it is on disk."""
    with (FOLDER / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=code)


def _of_scripts(catalogue: Catalog) -> dict[str, str | list[str]]:
    messages: dict[str, str | list[str]] = {}
    for message in catalogue:
        if any(path.startswith(SCRIPTS) for path, _ in message.locations):
            singular = message.id if isinstance(message.id, str) else message.id[0]
            messages[singular] = message.string if isinstance(message.string, str) else list(message.string or ())
    return messages


ENGLISH = language_of(SOURCE)
