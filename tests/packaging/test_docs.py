"""The pages that are made from other files are in step with them."""

from pathlib import Path

from scripts import make_docs

ROOT = Path(__file__).resolve().parents[2]


def test_pages_are_in_step_with_their_sources():
    for path, text in make_docs.pages().items():
        assert path.read_text() == text, f"{path.name}: run python scripts/make_docs.py"


def test_every_fragment_is_in_the_addons_readme():
    fragments = {path.stem for path in (ROOT / "ciama_connector" / "readme").glob("*.md")}
    assert fragments == set(make_docs.FRAGMENTS)


def test_every_picture_of_the_readme_is_there():
    text = (ROOT / "README.md").read_text()
    pictures = [part.split(")")[0] for part in text.split("](")[1:]]
    for target in pictures:
        if not target.startswith(("http:", "https:", "#")):
            assert (ROOT / target).exists(), target
