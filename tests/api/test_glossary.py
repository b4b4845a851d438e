"""The catalogues follow the glossary of docs/translations.md: one word a term, in every message."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.i18n import LANGUAGES, language_of
from api.i18n.language import catalogue_of
from config import load

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "translations.md"
COLUMNS = {"fr": 1, "es": 2, "ru": 3, "zh": 4, "ar": 5}
PLAIN_SPACE_BEFORE = re.compile(r" [;!?:]|« | »")


def terms() -> dict[str, list[str]]:
    """English term -> the other cells of its row."""
    text = GLOSSARY.read_text(encoding="utf-8").partition("## Terms")[2].partition("## Where")[0]
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {row[0]: row for row in rows[1:]}


def lacking(english: str, translated: str, row: list[str], code: str) -> bool:
    """Whether ``english`` has the term of ``row`` and ``translated`` none of its forms."""
    if not re.search(rf"\b{row[0]}s?\b", english, re.IGNORECASE):
        return False
    forms = [".*".join(map(re.escape, form.split("*"))) for form in row[COLUMNS[code]].split(" / ")]
    return not any(re.search(form, translated.replace("\xa0", " "), re.IGNORECASE) for form in forms)


def test_glossary_has_every_language() -> None:
    assert set(COLUMNS) == set(LANGUAGES) - {"en"}
    assert len(terms()) > 25
    assert all(len(row) == len(LANGUAGES) for row in terms().values())


def test_another_word_for_a_term_is_found() -> None:
    row = terms()["hotspot"]
    assert lacking("Modelled layers and hotspots", "Capas modelizadas y focos", row, "es")
    assert not lacking("Modelled layers and hotspots", "Capas modelizadas y puntos críticos", row, "es")
    assert not lacking("Layers", "Capas", row, "es")


@pytest.mark.parametrize("code", COLUMNS)
def test_terms_are_those_of_the_glossary(code: str) -> None:
    found = []
    for message in catalogue_of(code):
        english = message.id if isinstance(message.id, str) else " ".join(message.id)
        forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
        found += [
            f"{term}: {english!r} -> {form!r}"
            for term, row in terms().items()
            for form in forms
            if english and lacking(english, form, row, code)
        ]
    assert found == []


def test_typography_is_that_of_the_language() -> None:
    for code in COLUMNS:
        for message in catalogue_of(code):
            forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
            for form in forms if message.id else ():
                if code == "fr":
                    assert not PLAIN_SPACE_BEFORE.search(form), form
                if code == "ru":
                    assert "ё" not in form.lower(), form
                if code == "zh":
                    # Coordinates are typed with a plain comma.
                    assert not re.search(r"[一-鿿][;:?!]", form), form
                if code == "ar":
                    assert not re.search(r"[؀-ۿ][,;?]", form), form
                    assert not re.search(r"(?<!\u2066)\b\d+–\d", form), f"isolate the range: {form}"
                assert "'" not in form, form


@pytest.mark.parametrize("code", COLUMNS)
def test_the_disclaimer_is_translated_in_every_language(code: str) -> None:

    policy = load.policy("default")
    assert language_of(code).knows(policy.disclaimer)
    assert language_of(code).knows(policy.statement)
