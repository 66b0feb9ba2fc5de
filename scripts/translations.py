"""Keep the addon's translations: ``translations.py export`` or ``translations.py check``.

``export`` has Odoo write the template (``i18n/ciama_connector.pot``) and brings every other
language in line with it: new messages come in empty, those that are gone go. ``check`` fails
where the template is not what Odoo would write now, or a translation is missing or does not
fit. Both install the addon in a database of their own, unless ``--database`` names one that
has it up to date.
"""

import argparse
import os
import re
import tempfile
from collections import Counter
from pathlib import Path

import polib

import db
from project import ADDON, ODOO_BIN, ODOO_CONF, PYTHON, fail, run, say

FOLDER = ADDON / "i18n"
TEMPLATE = FOLDER / f"{ADDON.name}.pot"
# {name}, %(name)s, %s, and tags with their attributes.
PLACEHOLDERS = re.compile(r"\{\w*\}|%\(\w+\)[a-z]|%[sd]|<[^<>]+>")
# What a reader sees or hears of a tag, which is translated with it.
SPOKEN = re.compile(r'\b(title|aria-label|alt|placeholder)="[^"]*"')
# Told by the exporter, and different each time.
DATES = ("POT-Creation-Date", "PO-Revision-Date")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=("export", "check"))
    parser.add_argument("--database", metavar="NAME", help="one that has the addon, up to date")
    options = parser.parse_args()
    template = exported(options.database)
    if options.command == "export":
        write(template)
    report = [*stale(template), *problems()]
    if report:
        fail("\n".join(["the translations need work:", *report]))
    say("All messages are translated.")


def exported(database=None):
    """The template as Odoo writes it now, without what changes from run to run."""
    db.cluster.start()
    name = database or f"ciama_i18n_{os.getpid()}"
    try:
        if not database:
            say(f"Database {name}: installing {ADDON.name}")
            db.fresh(name)
            db.install(name, ADDON.name)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / TEMPLATE.name
            export = [PYTHON, ODOO_BIN, "i18n", "export", "-c", ODOO_CONF, "-d", name]
            run([*export, "-o", path, ADDON.name])
            return normalized(polib.pofile(str(path)))
    finally:
        if not database:
            db.drop(name)


def normalized(catalog):
    for key in DATES:
        catalog.metadata.pop(key, None)
    catalog.metadata["Content-Transfer-Encoding"] = "8bit"
    for entry in catalog:
        entry.occurrences.sort()
    catalog.sort(key=lambda entry: entry.msgid)
    return catalog


def write(template):
    FOLDER.mkdir(exist_ok=True)
    TEMPLATE.write_text(f"{template}\n")
    for path in languages():
        catalog = polib.pofile(str(path))
        catalog.merge(template)
        for entry in catalog.obsolete_entries():
            catalog.remove(entry)
        path.write_text(f"{normalized(catalog)}\n")


def languages():
    return sorted(FOLDER.glob("*.po"))


def stale(template):
    if TEMPLATE.exists() and TEMPLATE.read_text() == f"{template}\n":
        return []
    return [f"{TEMPLATE.name} is not what Odoo exports now: run make translations"]


def problems():
    """What is wrong with the translations on disk, a line each; needs no Odoo."""
    messages = [entry.msgid for entry in polib.pofile(str(TEMPLATE))]
    found = []
    for path in languages():
        entries = {entry.msgid: entry for entry in polib.pofile(str(path)) if not entry.obsolete}
        found += [
            f"{path.name}: not a message any more: {m!r}" for m in entries if m not in messages
        ]
        found += [
            f"{path.name}: {problem}: {message!r}"
            for message in messages
            if (problem := problem_of(entries.get(message)))
        ]
    return found


def problem_of(entry):
    """What is wrong with one translated message, or nothing."""
    if entry is None:
        return "missing"
    if entry.fuzzy:
        return "marked as doubtful"
    if not entry.msgstr.strip():
        return "not translated"
    if placeholders(entry.msgid) != placeholders(entry.msgstr):
        return "other placeholders or tags than the source"
    return ""


def placeholders(text):
    return Counter(PLACEHOLDERS.findall(SPOKEN.sub(r"\1", text)))


if __name__ == "__main__":
    main()
