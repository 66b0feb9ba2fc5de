"""Everything that people read can be translated, and is in every language of the addon."""

import ast
import sys
import xml.etree.ElementTree as ET

import polib
import pytest

from ..conftest import ROOT

sys.path.append(str(ROOT / "scripts"))
import translations

ADDON = ROOT / "ciama_connector"
ERRORS = ADDON / "platforms" / "errors.py"
LANGUAGES = [path.name for path in translations.languages()]


@pytest.fixture(scope="module", params=LANGUAGES)
def catalog(request):
    """{message: translation} of one language."""
    entries = polib.pofile(str(translations.FOLDER / request.param))
    return {entry.msgid: entry.msgstr for entry in entries}


def test_there_is_french():
    assert "fr.po" in LANGUAGES


def test_every_message_is_translated_and_keeps_its_placeholders():
    assert translations.problems() == []


@pytest.mark.parametrize(
    ("translation", "problem"),
    [
        ("La commande de {date} coûte %(total)s <b>net</b>", ""),
        ("", "not translated"),
        ("La commande coûte %(total)s <b>net</b>", "placeholders"),
        ("La commande de {date} coûte %s <b>net</b>", "placeholders"),
        ("La commande de {date} coûte %(total)s <i>net</i>", "placeholders"),
    ],
)
def test_a_translation_that_does_not_fit_is_found(translation, problem):
    source = "The order of {date} costs %(total)s <b>net</b>"
    found = translations.problem_of(polib.POEntry(msgid=source, msgstr=translation))
    assert problem in found
    assert bool(found) == bool(problem)


@pytest.mark.parametrize(
    ("translation", "fits"),
    [
        ('<i class="fa" title="Bloquée"/>', True),
        ('<i class="fa" aria-label="Bloquée"/>', False),
        ('<i class="fas" title="Bloquée"/>', False),
    ],
)
def test_what_is_read_aloud_of_a_tag_is_translated_with_it(translation, fits):
    entry = polib.POEntry(msgid='<i class="fa" title="Blocked"/>', msgstr=translation)
    assert (translations.problem_of(entry) == "") is fits


def test_missing_and_doubtful_translations_are_found():
    doubtful = polib.POEntry(msgid="Shop", msgstr="Magasin", flags=["fuzzy"])
    assert translations.problem_of(None) == "missing"
    assert translations.problem_of(doubtful) == "marked as doubtful"


def test_every_cause_is_translated(catalog):
    texts = [
        field.text
        for path in (ADDON / "data").glob("ciama_problem*.xml")
        for field in ET.parse(path).iter("field")
        if field.get("name") in ("name", "sentence", "remedy")
    ]
    assert len(texts) > 90
    assert [text for text in texts if not catalog.get(text)] == []


def test_credentials_of_every_platform_are_translated(catalog):
    from ciama_connector.platforms import registry

    for code in registry.codes():
        platform = registry.connector_class(code).platform
        for field in platform.credentials:
            for text in filter(None, (field.label, field.help)):
                assert catalog.get(text.source), f"{code}: {text}"


def test_platforms_mark_what_people_read():
    """A text that is not in ``_lt(…)`` stays English on a French screen."""
    errors = {node.name for node in ast.parse(ERRORS.read_text()).body if hasattr(node, "name")}
    unmarked = []
    for path in sorted((ADDON / "platforms").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call):
                unmarked += [
                    f"{path.relative_to(ADDON)}:{text.lineno}"
                    for text in _texts(call, errors)
                    if isinstance(text, ast.Constant | ast.JoinedStr)
                ]
    assert unmarked == []


def _texts(call, errors):
    name = ast.unparse(call.func).rpartition(".")[2]
    if name in errors:
        return call.args[:1]
    if name == "Credential":
        named = [word.value for word in call.keywords if word.arg in ("label", "help")]
        return [*call.args[1:3], *named]
    return []
