"""The addon as a wheel: what a shop's integrator installs with pip."""

import ast
import subprocess
import sys
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

ADDON = Path(__file__).resolve().parents[2] / "ciama_connector"
INSIDE = "odoo/addons/ciama_connector/"
# Without these Odoo, or a platform, does not start.
NEEDED = (
    "__init__.py",
    "__manifest__.py",
    "canonical/schema.json",
    "data/queue_job.xml",
    "models/ciama_order.py",
    "platforms/registry.py",
    "platforms/shopify/queries/orders.graphql",
    "security/ir.model.access.csv",
    "services/importer.py",
    "views/ciama_order_views.xml",
    "vies/checkVatService.wsdl",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--disable-pip-version-check", "-w", str(folder), "."]
    done = subprocess.run(command, cwd=ADDON, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


@pytest.fixture(scope="module")
def manifest():
    return ast.literal_eval((ADDON / "__manifest__.py").read_text("utf-8"))


@pytest.fixture(scope="module")
def metadata(wheel):
    (name,) = (name for name in wheel.namelist() if name.endswith("dist-info/METADATA"))
    return HeaderParser().parsestr(wheel.read(name).decode())


@pytest.mark.parametrize("path", NEEDED)
def test_holds_what_is_needed(wheel, path):
    assert wheel.read(INSIDE + path) == (ADDON / path).read_bytes()


def test_holds_all_the_manifest_names(wheel, manifest):
    missing = {INSIDE + path for path in manifest["data"]} - set(wheel.namelist())
    assert not missing


def test_holds_every_module_and_resource_of_the_sources(wheel):
    """All that is under version control, and so nothing that a person forgot there."""
    command = ["git", "ls-files", "."]
    done = subprocess.run(command, cwd=ADDON, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git work tree")
    tracked = {INSIDE + path for path in done.stdout.split()} - {INSIDE + "pyproject.toml"}
    assert tracked == {name for name in wheel.namelist() if name.startswith(INSIDE)}


def test_holds_nothing_else(wheel):
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"odoo"}
    assert not [
        name
        for name in wheel.namelist()
        if "testbed" in name or "/tests/" in name.removeprefix(INSIDE + "tests/")
        if not name.startswith((INSIDE + "tests/", INSIDE + "static/tests/"))
    ]


def test_name_and_version(metadata, manifest):
    assert metadata["Name"].replace("_", "-") == "odoo-addon-ciama-connector"
    assert metadata["Version"] == manifest["version"]


def test_asks_for_what_the_manifest_asks_for(metadata, manifest):
    wanted = {name.lower() for name in metadata.get_all("Requires-Dist")}
    assert {name.lower() for name in manifest["external_dependencies"]["python"]} <= wanted
    assert "odoo==19.0.*" in wanted
    assert "odoo-addon-queue_job==19.0.*" in wanted
