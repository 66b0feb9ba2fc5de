"""docker-compose.yml and what it mounts. No container is started: see docker/README.md."""

import ast
import configparser
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
ODOO_SERVICES = ("init", "odoo")


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


@pytest.fixture(scope="module")
def odoo_conf():
    parser = configparser.ConfigParser()
    parser.read(DOCKER / "odoo.conf")
    return parser


def pins(*paths):
    lines = [line for path in paths for line in path.read_text().splitlines()]
    found = [re.fullmatch(r"([\w.-]+)==(\S+)", line) for line in lines]
    return {match[1].lower(): match[2] for match in found if match}


def project_pins():
    return pins(*ROOT.glob("requirements*.txt"))


# -- the file


def test_docker_itself_accepts_it():
    command = ["docker", "compose", "-f", str(ROOT / "docker-compose.yml"), "config", "--quiet"]
    if not shutil.which("docker") or _fails(["docker", "compose", "version"]):
        pytest.skip("there is no docker compose here")
    assert not _fails(command)


def _fails(command):
    return subprocess.run(command, capture_output=True, check=False).returncode != 0


def test_services(services):
    assert set(services) == {"db", "shops", "init", "odoo"}
    assert services["db"]["image"].startswith("postgres:")


def test_everything_mounted_exists(compose):
    for service in compose["services"].values():
        for mount in service.get("volumes", ()):
            source, target, *_ = mount.split(":")
            assert target.startswith("/")
            if source.startswith("."):
                assert (ROOT / source).exists(), mount
            else:
                assert source in compose["volumes"], mount


def test_images_are_built_from_files_that_docker_may_see(services):
    allowed = [
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]
    for name in ("shops", *ODOO_SERVICES):
        text = (ROOT / services[name]["build"]["dockerfile"]).read_text()
        for copied in re.findall(r"^COPY (.+) \S+$", text, re.M):
            for path in copied.split():
                assert (ROOT / path).exists()
                assert any(Path(path).match(pattern) for pattern in allowed), path


def test_nobody_starts_before_what_it_needs(services):
    assert services["init"]["depends_on"]["db"]["condition"] == "service_healthy"
    needs = services["odoo"]["depends_on"]
    assert needs["init"]["condition"] == "service_completed_successfully"
    assert "healthcheck" in services["db"]


def test_only_this_machine_reaches_odoo(services):
    """Its passwords are in this repository."""
    published = {name: one["ports"] for name, one in services.items() if "ports" in one}
    assert list(published) == ["odoo"]
    assert all(port.startswith("127.0.0.1:") for port in published["odoo"])


# -- Odoo


def test_odoo_is_the_official_image_with_the_addon(services):
    dockerfile = (DOCKER / "odoo.Dockerfile").read_text()
    assert re.search(r"^FROM odoo:19$", dockerfile, re.M)
    for name in ODOO_SERVICES:
        mounts = services[name]["volumes"]
        assert "./ciama_connector:/mnt/extra-addons/ciama_connector:ro" in mounts
        assert "./docker/odoo.conf:/opt/ciama/odoo.conf:ro" in mounts
        assert services[name]["environment"]["ODOO_RC"] == "/opt/ciama/odoo.conf"


def test_both_odoos_are_one(services):
    """The same image, data and settings: what the one makes, the other serves."""
    init, odoo = (services[name] for name in ODOO_SERVICES)
    for key in ("build", "image", "volumes", "environment"):
        assert init[key] == odoo[key]


def test_database_settings_agree(services, odoo_conf):
    options, database = odoo_conf["options"], services["db"]["environment"]
    assert options["db_host"] == "db"
    assert options["db_user"] == database["POSTGRES_USER"]
    assert options["db_password"] == database["POSTGRES_PASSWORD"]
    assert services["odoo"]["command"] == ["--database", "ciama"]
    assert "${CIAMA_DATABASE:-ciama}" in (DOCKER / "init.sh").read_text()


def test_addons_path_has_the_addon_and_the_queue(odoo_conf):
    folders = odoo_conf["options"]["addons_path"].split(",")
    assert "/mnt/extra-addons" in folders
    assert "/opt/ciama/oca/odoo/addons" in folders
    assert "--target=/opt/ciama/oca" in (DOCKER / "odoo.Dockerfile").read_text()
    assert "odoo-addon-queue-job" in pins(ROOT / "requirements-oca.txt")


def test_the_job_runner_runs_and_knows_every_channel(odoo_conf):
    assert "queue_job" in odoo_conf["options"]["server_wide_modules"].split(",")
    channels = {part.split(":")[0] for part in odoo_conf["queue_job"]["channels"].split(",")}
    text = (ROOT / "ciama_connector/data/queue_job.xml").read_text()
    used = set(re.findall(r'<record id="channel_(\w+)"', text)) - {"ciama"}
    assert used
    assert {f"root.ciama.{name}" for name in used} <= channels


def test_init_is_shell_and_installs_the_addon():
    script = DOCKER / "init.sh"
    assert not _fails(["sh", "-n", str(script)])
    text = script.read_text()
    assert re.search(r"^once --init \S*\bciama_connector\b", text, re.M)
    for name in re.findall(r"^ *script (\S+)$", text, re.M):
        assert (ROOT / "scripts/template" / name).exists()


def test_pins_are_those_of_the_project():
    ours = project_pins()
    for name, version in pins(*DOCKER.glob("requirements-*.txt")).items():
        # Only what others bring in is not pinned there.
        assert ours.get(name, version) == version, name


def test_the_image_has_all_the_addon_needs():
    manifest = ast.literal_eval((ROOT / "ciama_connector/__manifest__.py").read_text("utf-8"))
    there = {"cryptography", "python-stdnum", "requests", "zeep"}  # Odoo's own
    there |= set(pins(DOCKER / "requirements-odoo.txt"))
    assert set(manifest["external_dependencies"]["python"]) <= there


# -- the simulated shops


def test_shops_image_has_all_the_testbed_imports():
    distributions = {"graphql": "graphql-core"}
    there = set(pins(DOCKER / "requirements-shops.txt"))
    # Programs that a developer runs to bring reference data up to date.
    served = [path for path in ROOT.glob("testbed/**/*.py") if "extract" not in path.name]
    for path in served:
        for module in _imported(path) - set(sys.stdlib_module_names) - {"testbed"}:
            assert distributions.get(module, module) in there, f"{path}: {module}"


def _imported(path):
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module.split(".")[0])
    return found


def test_shops_command_serves_and_stops(services, tmp_path):
    """The command of the file, on free ports: tells where the shops are, ends on SIGTERM."""
    program, *arguments = services["shops"]["command"]
    assert program == "python"
    ports = [
        f"--port={code}=0"
        for code in ("shopify", "woocommerce", "wix", "ciama", "prestashop", "vies")
    ]
    process = subprocess.Popen(
        [sys.executable, *arguments, "--host", "127.0.0.1", *ports],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    told = []
    try:
        for line in process.stdout:
            told.append(json.loads(line))
            if "ready" in told[-1]:
                break
    finally:
        process.terminate()
        assert process.wait(10) == 0
        process.stdout.close()
    shops = {line["platform"]: line for line in told if "platform" in line}
    assert "wix" in shops
    assert [line["url"] for line in told if line.get("service") == "vies"]
    for shop in shops.values():
        assert shop["url"].startswith("http://shops:"), shop
        assert shop["credentials"]
        assert shop["orders"] > 0
