"""Build the development environment in .local/: Odoo, Python packages, PostgreSQL.

Each step leaves a stamp that tells what it was built from, so that a second run does
nothing. Only the standard library is used: this runs before the virtual environment.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cluster
from project import (
    DATA,
    LOCAL,
    LOGS,
    OCA_ADDONS,
    ODOO,
    ODOO_BIN,
    ODOO_CONF,
    ODOO_SOURCE,
    PG_ROLE,
    PYTHON,
    ROOT,
    RUN,
    VENV,
    fail,
    locked,
    pg_socket,
    run,
    say,
)

# Raise it when a step below changes what it builds: existing trees are then rebuilt.
RECIPE = 1
APT = LOCAL / "apt"
APT_SOURCES = (Path("/etc/apt/sources.list"), Path("/etc/apt/sources.list.d"))
# Odoo is in sid only. Many of its assets are links to files of other packages, in the
# layout of the stable release: sid's newer packages have moved them.
SID_PACKAGES = ("odoo-19", "fonts-montserrat")
STABLE_PACKAGES = (
    "fonts-font-awesome",
    "fonts-glyphicons-halflings",
    "fonts-inconsolata",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)

ODOO_BIN_TEXT = f"""\
#!{PYTHON}
# A script on purpose: with workers, "python -m odoo" cannot start its own children.
from odoo.cli import main

main()
"""

CHANNELS = ",".join(
    (
        "root:4",
        "root.ciama:4",
        "root.ciama.pull:2",
        "root.ciama.import:2",
        "root.ciama.push:1",
        "root.ciama.vies:1",
    )
)


def main():
    check_python()
    for folder in (LOCAL / "stamps", DATA, RUN, LOGS):
        folder.mkdir(parents=True, exist_ok=True)
    with locked("setup"):
        step("odoo", repr((RECIPE, SID_PACKAGES, STABLE_PACKAGES)), install_odoo)
        step("python", f"{RECIPE} {hash_of_requirements()}", install_packages)
        cluster.create()
        write_configuration()


def check_python():
    if not (3, 11) <= sys.version_info[:2] <= (3, 12):
        fail("the pinned packages need Python 3.11 or 3.12: put one first in PATH as python3")


def step(name, key, build):
    """Run ``build`` unless the last good run had the same key."""
    stamp = LOCAL / "stamps" / name
    if stamp.exists() and stamp.read_text() == key:
        return
    started = time.monotonic()
    build()
    stamp.write_text(key)
    say(f"  done in {time.monotonic() - started:.0f} s")


def hash_of_requirements():
    texts = [path.read_bytes() for path in sorted(ROOT.glob("requirements*.txt"))]
    return hashlib.sha256(b"".join(texts)).hexdigest()


# --- Odoo -------------------------------------------------------------------------------


def install_odoo():
    say("Odoo 19: downloading Debian's package and unpacking it into .local/odoo")
    release = debian_codename()
    write_apt_sources(release)
    apt("update", "--quiet")
    wanted = [f"{name}/sid" for name in SID_PACKAGES]
    wanted += [f"{name}/{release}" for name in STABLE_PACKAGES]
    shutil.rmtree(ODOO, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=LOCAL) as folder:
        apt("download", "--quiet", *wanted, cwd=folder)
        for package in sorted(Path(folder).glob("*.deb")):
            run(["dpkg-deb", "-x", package, ODOO])
    shutil.rmtree(APT)
    repair_odoo()


def debian_codename():
    found = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.M)
    if not found:
        fail("this is not Debian: install Odoo 19 yourself, see the README")
    return found[1]


def write_apt_sources(release):
    """A private apt configuration: the machine's own mirror, with sid added."""
    shutil.rmtree(APT, ignore_errors=True)
    for folder in ("lists/partial", "cache/archives/partial", "sources"):
        (APT / folder).mkdir(parents=True)
    uri, keyring = machine_mirror()
    (APT / "sources" / "ciama.sources").write_text(
        f"Types: deb\nURIs: {uri}\nSuites: {release} sid\nComponents: main\nSigned-By: {keyring}\n"
    )


def machine_mirror():
    """Return the main Debian mirror and the keyring that this machine is set up with."""
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    for block in apt_source_blocks():
        uri = re.search(r"^URIs:\s*(\S+/debian/?)(?:\s|$)", block, re.M)
        uri = uri or re.search(r"^deb\s+(?:\[[^]]*\]\s+)?(\S+/debian/?)\s", block, re.M)
        if uri:
            signed = re.search(r"signed-by[:=]\s*(/[^\s\],]+)", block, re.I)
            return uri[1], signed[1] if signed else keyring
    return fail("no Debian mirror found in /etc/apt/sources.list or /etc/apt/sources.list.d")


def apt_source_blocks():
    """One text per source: a paragraph of a .sources file, a line of a .list file."""
    single, folder = APT_SOURCES
    blocks = []
    for path in sorted(folder.glob("*.sources")):
        blocks += re.split(r"\n\s*\n", path.read_text())
    for path in (single, *sorted(folder.glob("*.list"))):
        if path.exists():
            blocks += path.read_text().splitlines()
    return blocks


def apt(*arguments, cwd=None):
    options = {
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": APT / "sources",
        "Dir::State::lists": APT / "lists",
        "Dir::Cache": APT / "cache",
        # As root, apt would read these folders as user _apt, who may not enter the tree.
        "APT::Sandbox::User": "root",
    }
    command = ["apt-get", *(f"-o{name}={value}" for name, value in options.items()), *arguments]
    twice([str(word) for word in command], cwd=cwd)


def twice(command, **options):
    """Run a command that downloads: a network hiccup deserves one more try."""
    if subprocess.run(command, check=False, **options).returncode:
        say("that failed; trying once more")
        run(command, **options)


def repair_odoo():
    """Make good what Debian leaves out, and refuse a tree with broken assets."""
    # Not free, so not in Debian; Odoo's page asks for it and any tour fails on the 404.
    missing = ODOO_SOURCE / "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
    missing.parent.mkdir(parents=True, exist_ok=True)
    missing.touch()
    broken = [path for path in ODOO.rglob("*") if path.is_symlink() and not path.exists()]
    if broken:
        fail(f"Odoo's tree has dangling links, its pages would crash: {broken[:3]}")


# --- Python packages --------------------------------------------------------------------


def install_packages():
    say("Python: installing the pinned packages into .local/venv")
    if not PYTHON.exists():
        run([sys.executable, "-m", "venv", VENV])
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    files = ("requirements.txt", "requirements-odoo.txt", "requirements-dev.txt")
    twice([*pip, *(f"-r{ROOT / name}" for name in files)])
    oca = LOCAL / "oca"
    shutil.rmtree(oca, ignore_errors=True)
    twice([*pip, "--no-deps", f"--target={oca}", f"-r{ROOT / 'requirements-oca.txt'}"])
    make_odoo_importable()


def make_odoo_importable():
    (site_packages,) = VENV.glob("lib/python3.*/site-packages")
    (site_packages / "odoo-source.pth").write_text(f"{ODOO_SOURCE}\n")
    ODOO_BIN.write_text(ODOO_BIN_TEXT)
    ODOO_BIN.chmod(0o755)


# --- Configuration ----------------------------------------------------------------------


def write_configuration():
    addons = (ODOO_SOURCE / "odoo" / "addons", OCA_ADDONS, ROOT)
    port = os.environ.get("CIAMA_HTTP_PORT", "8069")
    ODOO_CONF.write_text(f"""\
[options]
addons_path = {",".join(map(str, addons))}
server_wide_modules = base,rpc,web,queue_job
data_dir = {DATA}
db_host = {pg_socket()}
db_port = 5432
db_user = {PG_ROLE}
list_db = True
http_interface = 127.0.0.1
http_port = {port}
workers = 0
without_demo = True

[queue_job]
channels = {CHANNELS}
""")


if __name__ == "__main__":
    main()
