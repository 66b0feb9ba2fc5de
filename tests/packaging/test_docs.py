"""The pages that are made from other files are in step with them."""

from pathlib import Path

import pytest

from scripts import make_docs

ROOT = Path(__file__).resolve().parents[2]


def test_pages_are_in_step_with_their_sources():
    for path, text in make_docs.pages().items():
        assert path.read_text() == text, f"{path.name}: run python scripts/make_docs.py"


def test_every_fragment_is_in_the_addons_readme():
    fragments = {path.stem for path in (ROOT / "ciama_connector" / "readme").glob("*.md")}
    assert fragments == set(make_docs.FRAGMENTS)


@pytest.mark.parametrize("path", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])
def test_every_picture_and_page_that_a_page_names_is_there(path):
    for part in path.read_text().split("](")[1:]:
        target = part.split(")")[0].split("#")[0]
        if target and not target.startswith(("http:", "https:")):
            assert (path.parent / target).exists(), target


def test_every_picture_of_the_guide_is_shown():
    text = (ROOT / "docs" / "guide.md").read_text()
    pictures = (ROOT / "docs" / "screenshots" / "guide").glob("*.png")
    assert not [path.name for path in pictures if f"guide/{path.name}" not in text]
