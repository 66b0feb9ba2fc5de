"""How the parts may depend on each other, read from the imports and the files."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ciama_connector import platforms
from ciama_connector.platforms import registry

ROOT = Path(__file__).resolve().parent.parent
ADDON = ROOT / "ciama_connector"
CODE = {".py", ".xml", ".js", ".css", ".scss", ".graphql", ".sh", ".toml"}
MOST_LINES = 500
ODOO = ("odoo", "openerp")


def kept_files():
    """All files under version control, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def imports_of(path):
    """Full names of the modules that a file imports, relative ones resolved."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"), path.name)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *filter(None, [node.module])])
            yield from (f"{module}.{name.name}" for name in node.names)


def importing(folder, *forbidden):
    """Files of ``folder`` that import a module of ``forbidden``, with it."""
    return [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted(folder.rglob("*.py"))
        for name in imports_of(path)
        if any(name == one or name.startswith(f"{one}.") for one in forbidden)
    ]


def platform_folders():
    return sorted(p.parent.name for p in (ADDON / "platforms").glob("*/__init__.py"))


def test_the_scan_sees_every_kind_of_import(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    folder = tmp_path / "addon" / "platforms" / "acme"
    folder.mkdir(parents=True)
    (folder / "client.py").write_text(
        "import odoo.tools\nfrom ..other import client\nfrom ... import models\n"
        "def late():\n    from odoo import api\n"
    )
    assert importing(folder, "odoo") == [
        "addon/platforms/acme/client.py: odoo.tools",
        "addon/platforms/acme/client.py: odoo.api",
    ]
    assert len(importing(folder, "addon.platforms.other", "addon.models")) == 2


@pytest.mark.parametrize("name", ["canonical", "platforms", "vies"])
def test_plain_python_knows_nothing_of_odoo(name):
    inside = [p.name for p in ADDON.iterdir() if p.is_dir() and (p / "__init__.py").exists()]
    allowed = {"canonical", name}
    others = [f"ciama_connector.{folder}" for folder in inside if folder not in allowed]
    assert importing(ADDON / name, *ODOO, *others) == []


def test_plain_python_runs_without_odoo():
    """In a process of its own, with every import of Odoo forbidden."""
    program = (
        "import sys, types\n"
        "sys.modules['odoo'] = None\n"
        "package = types.ModuleType('ciama_connector')\n"
        "package.__path__ = ['ciama_connector']\n"
        "sys.modules['ciama_connector'] = package\n"
        "from ciama_connector.platforms import registry\n"
        "import ciama_connector.vies\n"
        "print(*[registry.connector_class(code).platform.label for code in registry.codes()])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Shopify" in done.stdout


def test_simulated_shops_know_neither_odoo_nor_the_clients():
    assert importing(ROOT / "testbed", *ODOO, "ciama_connector") == []


@pytest.mark.parametrize("own", platform_folders())
def test_no_platform_imports_another(own):
    others = [f"ciama_connector.platforms.{other}" for other in platform_folders() if other != own]
    assert importing(ADDON / "platforms" / own, *others) == []


def test_what_platforms_share_imports_none_of_them():
    mine = [f"ciama_connector.platforms.{folder}" for folder in platform_folders()]
    shared = [p for p in importing(ADDON / "platforms", *mine) if p.count("/") == 2]
    assert shared == []


# -- a new platform is one folder and one line


def test_every_platform_folder_is_registered():
    assert platform_folders() == sorted(registry.codes())


def knowing(path, codes):
    """Strings of a file that are a platform's code."""
    if path.suffix == ".py":
        tree = ast.parse(path.read_text("utf-8"), path.name)
        found = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
        return [value for value in found if isinstance(value, str) and value in codes]
    quoted = re.findall(r"['\"](\w+)['\"]", path.read_text("utf-8"))
    return [value for value in quoted if value in codes]


def test_nothing_but_the_registry_knows_a_platform_by_name():
    codes = set(registry.codes()) - {"ciama"}  # also the name of the whole
    known = {
        str(path.relative_to(ADDON)): found
        for path in kept_files()
        if path.is_relative_to(ADDON)
        and path.suffix in {".py", ".xml", ".js"}
        and not path.is_relative_to(ADDON / "tests")
        and not any(path.is_relative_to(ADDON / "platforms" / own) for own in codes)
        and (found := knowing(path, codes))
    }
    assert known == {"platforms/registry.py": [c for c in registry.codes() if c in codes]}


NEW_PLATFORM = """
from ..base import Connector, Credential, Platform


class AcmeConnector(Connector):
    platform = Platform(code="acme", label="Acme", credentials=(Credential("key", "Key"),))
"""


def test_a_folder_and_a_line_make_a_platform(tmp_path, monkeypatch):
    folder = tmp_path / "acme"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "client.py").write_text(NEW_PLATFORM)
    monkeypatch.setattr(platforms, "__path__", [*platforms.__path__, str(tmp_path)])
    line = {"acme": "acme.client:AcmeConnector"}
    monkeypatch.setattr(registry, "_CONNECTORS", registry._CONNECTORS | line)
    assert registry.codes()[-1] == "acme"
    platform = registry.connector_class("acme").platform
    assert (platform.label, [field.name for field in platform.credentials]) == ("Acme", ["key"])
    for name in ("", ".client"):
        monkeypatch.delitem(sys.modules, f"ciama_connector.platforms.acme{name}")
    registry.connector_class.cache_clear()


def test_an_unknown_platform_is_an_error():
    with pytest.raises(KeyError):
        registry.connector_class("nothing")


@pytest.mark.parametrize("code", registry.codes())
def test_a_platform_describes_itself(code):
    platform = registry.connector_class(code).platform
    assert (platform.code, bool(platform.label)) == (code, True)
    names = [field.name for field in platform.credentials]
    assert len(names) == len(set(names))
    assert all(field.label for field in platform.credentials)
    assert platform.page_size > 0
    assert platform.throttle >= 0


# -- files


def test_files_fit_in_the_head():
    long = {
        str(path.relative_to(ROOT)): count
        for path in kept_files()
        if path.suffix in CODE
        and not path.is_relative_to(ROOT / "testbed" / "data")
        and (count := path.read_text("utf-8").count("\n")) >= MOST_LINES
    }
    assert long == {}


def test_no_package_registry_is_named():
    """Installers know their registries; a mirror must be able to take their place."""
    names = [("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com")]
    names += [("docker", "io"), ("ghcr", "io"), ("quay", "io"), ("rubygems", "org")]
    found = re.compile("|".join(rf"\b{host}\.{end}\b" for host, end in names).encode())
    naming = [
        str(path.relative_to(ROOT)) for path in kept_files() if found.search(path.read_bytes())
    ]
    assert naming == []
