"""docker-compose.yml cannot be run where there is no container engine: these checks are what stands in for that."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from embedded.temporal import SEARCH_ATTRIBUTES
from settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
OURS = ("worker", "bridge", "media", "drc", "api", "seed")
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<text>[^}]*))?\}")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


@pytest.fixture(scope="module")
def services(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = document["services"]
    return found


def filled(value: str) -> str:
    """A value with compose's variables filled in, with one a Fernet key and a port can be read from."""
    return VARIABLE.sub(lambda match: match["text"] if match["kind"] == "-" else "A" * 43 + "=", value)


def test_it_is_a_compose_file(document: dict[str, Any]) -> None:
    # The parser neither merges nor knows the engine's own name for the host.
    merged = yaml.safe_dump(document).replace(":host-gateway", ":192.0.2.1")
    compose = PyCompose.from_yaml(merged)
    compose.validate()
    assert set(OURS) <= set(compose.service_names())


@pytest.mark.parametrize("service", OURS)
def test_our_processes_get_settings_that_they_accept(services: dict[str, dict[str, Any]], service: str) -> None:
    environment = services[service]["environment"]
    given = {name: filled(value) for name, value in environment.items() if name.startswith(PREFIX)}
    unknown = [name for name in given if name.removeprefix(PREFIX).lower() not in Settings.model_fields]
    assert unknown == []
    settings = Settings.model_validate({name.removeprefix(PREFIX).lower(): value for name, value in given.items()})
    assert settings.broker_kind == "emqx"
    assert settings.emqx_api_url
    assert environment["FIRESTORE_EMULATOR_HOST"]


def test_no_secret_is_in_the_file(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|PWD|SECRET|_TOKEN$|PRIVATE_KEY|SEAL_KEY|LIVEKIT_KEYS|MC_HOST", variable):
                assert re.search(r"\$\{\w+:\?", value), f"{name}: {variable}"


def test_secrets_that_are_asked_for_are_made(tmp_path: Path) -> None:
    for name in ("scripts", "docker-compose.yml"):
        (tmp_path / name).symlink_to(ROOT / name)
    script = (ROOT / "scripts/compose-env").read_text()
    (tmp_path / "scripts").unlink()
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts/compose-env").write_text(script)
    subprocess.run(["bash", tmp_path / "scripts/compose-env"], check=True, capture_output=True)
    made = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text().splitlines() if "=" in line)
    asked = {m["name"] for m in VARIABLE.finditer((ROOT / "docker-compose.yml").read_text()) if m["kind"] == "?"}
    assert asked <= set(made)
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    assert made["ARGUS_TOKEN_PRIVATE_KEY"].startswith('"-----BEGIN PRIVATE KEY-----\\n')
    again = subprocess.run(["bash", tmp_path / "scripts/compose-env"], check=False, capture_output=True, text=True)
    assert again.returncode == 1
    assert ".env is there already" in again.stderr


def test_who_waits_for_health_waits_for_a_service_that_tells_it(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            once = services[other]["restart"] == "no" and "healthcheck" not in services[other]
            expected = "service_completed_successfully" if once else "service_healthy"
            assert how["condition"] == expected, f"{name} waits for {other}"


def test_what_stays_up_has_a_health_check(services: dict[str, dict[str, Any]]) -> None:
    without = {name for name, service in services.items() if "healthcheck" not in service}
    assert without == {"seed", "temporal-setup", "minio-setup"}


def test_volumes_and_configs_are_declared_and_their_files_are_there(
    document: dict[str, Any], services: dict[str, dict[str, Any]]
) -> None:
    for service in services.values():
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in document["volumes"]
        for config in service.get("configs", []):
            assert config["source"] in document["configs"]
    for config in document["configs"].values():
        assert "content" in config or (ROOT / config["file"]).is_file()


def test_every_search_attribute_of_the_sagas_is_made(services: dict[str, dict[str, Any]]) -> None:
    script = services["temporal-setup"]["command"][0]
    assert set(re.search(r"for name in (.*?);", script)[1].split()) == set(SEARCH_ATTRIBUTES)  # type: ignore[index]


def test_images_are_pinned(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        tag = service["image"].rpartition(":")[2]
        assert re.search(r"\d|local", tag), f"{name}: {service['image']}"


def test_nobody_but_the_host_reaches_what_has_no_accounts(services: dict[str, dict[str, Any]]) -> None:
    for name in ("temporal", "temporal-ui", "firestore"):
        assert all(port.startswith("127.0.0.1:") for port in services[name]["ports"])


@pytest.mark.parametrize(
    "command", [("hadolint", "Dockerfile"), ("yamllint", "--strict", "docker-compose.yml", "deploy")]
)
def test_linters_have_nothing_to_say(command: tuple[str, ...]) -> None:
    program, *arguments = command
    run = subprocess.run(
        [Path(sys.executable).with_name(program), *arguments], cwd=ROOT, capture_output=True, text=True
    )
    assert (run.returncode, run.stdout) == (0, "")


def test_the_image_can_run_every_command(services: dict[str, dict[str, Any]]) -> None:
    for name in OURS:
        module = services[name]["command"][2].replace(".", "/")
        assert (ROOT / f"{module}.py").is_file() or (ROOT / module / "__main__.py").is_file()
