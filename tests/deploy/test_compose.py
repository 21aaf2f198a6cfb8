"""No Docker engine runs here: that the compose file is whole, and that what it names is there and is what is read."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from balans.cli import parser
from balans.configuration import load_checked
from monitor.settings import Settings
from tests.deploy.compose import COMPOSE, ROOT, SERVICES, environment, mounts, of_balans, ports

KEYS = {
    "build", "cap_drop", "command", "depends_on", "environment", "healthcheck", "image", "networks", "ports",
    "profiles", "read_only", "restart", "secrets", "security_opt", "stop_grace_period", "tmpfs", "user", "volumes",
}  # fmt: skip
TOGETHER = {"live", "demo"}
every_service = pytest.mark.parametrize("name", SERVICES)
every_balans = pytest.mark.parametrize("name", of_balans())


def with_environment(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch, path: Path | None) -> Settings:
    """The settings of a container: its file and its environment."""
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    return load_checked(path)


@every_service
def test_a_service_is_hardened(name: str) -> None:
    service = SERVICES[name]
    assert set(service) <= KEYS
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert not service["user"].startswith(("0", "root"))
    assert "latest" not in service["image"]
    assert ":" in service["image"]


@every_service
def test_ports_are_on_loopback(name: str) -> None:
    assert all(address == "127.0.0.1" for address, _, _ in ports(SERVICES[name]))


@every_service
def test_every_file_that_is_mounted_exists_and_is_read_only(name: str) -> None:
    for source, _, read_only in mounts(SERVICES[name]):
        if source.startswith("."):
            assert (ROOT / source).exists(), source
            assert read_only
        else:
            assert source in COMPOSE["volumes"]


@every_service
def test_what_it_waits_for_can_be_healthy_and_is_started_with_it(name: str) -> None:
    service = SERVICES[name]
    for other, how in service.get("depends_on", {}).items():
        assert how["condition"] == "service_healthy"
        assert other == "balans" or "test" in SERVICES[other].get("healthcheck", {}) or other in of_balans()
        assert not SERVICES[other].get("healthcheck", {}).get("disable")
        started = set(SERVICES[other].get("profiles", TOGETHER))
        assert set(service.get("profiles", TOGETHER)) <= started or how["required"] is False


@every_service
def test_secrets_come_by_file_and_none_is_in_the_environment(name: str) -> None:
    service = SERVICES[name]
    secrets = set(service.get("secrets", ()))
    assert secrets <= set(COMPOSE["secrets"])
    for variable, value in environment(service).items():
        if re.search("PASSWORD|SECRET", variable):
            assert variable.endswith("_FILE")
            assert value.removeprefix("/run/secrets/") in secrets


def test_nothing_is_declared_that_nobody_uses() -> None:
    mounted = {source for service in SERVICES.values() for source, _, _ in mounts(service)}
    assert {source for source in mounted if not source.startswith(".")} == set(COMPOSE["volumes"])
    assert {secret for service in SERVICES.values() for secret in service.get("secrets", ())} == set(COMPOSE["secrets"])


def test_profiles_do_not_take_one_anothers_ports() -> None:
    for profile in ("live", "demo"):
        started = [service for service in SERVICES.values() if profile in service.get("profiles", TOGETHER)]
        taken = [here for service in started for _, here, _ in ports(service)]
        assert len(taken) == len(set(taken))
        assert set(taken) == {8000, 9090, 3000}


def test_the_script_makes_exactly_the_secrets_that_are_named(tmp_path: Path) -> None:
    script, folder = ROOT / "deploy" / "secrets.sh", tmp_path / "secrets"
    subprocess.run([script, folder], check=True, capture_output=True)
    first = {path.name: path.read_text() for path in folder.iterdir()}
    assert set(first) == {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()}
    assert all(f"./deploy/secrets/{name}" == secret["file"] for name, secret in COMPOSE["secrets"].items())
    assert all(len(secret) >= 32 for secret in first.values())
    assert len(set(first.values())) == len(first)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    subprocess.run([script, folder], check=True, capture_output=True)
    assert {path.name: path.read_text() for path in folder.iterdir()} == first, "secrets that are there are kept"
    assert "/deploy/secrets/" in (ROOT / ".gitignore").read_text().splitlines()


@every_balans
def test_the_command_is_one_that_balans_knows(name: str) -> None:
    parser().parse_args(SERVICES[name]["command"])


@every_balans
def test_the_environment_is_what_balans_reads(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = environment(SERVICES[name])
    assert all(variable.startswith("BALANS_") for variable in variables)
    settings = with_environment(variables, monkeypatch, ROOT / "deploy" / "balans.toml")
    fields = settings.model_dump()
    for variable, value in variables.items():
        found: Any = fields
        for key in variable.removeprefix("BALANS_").lower().split("__"):
            found = found[key]
        read = found.get_secret_value() if isinstance(found, SecretStr) else found
        assert str(read) == value or list(read) == json.loads(value)
    if "telephone" in name:
        assert settings.collectors["telephone"]["secret_file"] == "/run/secrets/asterisk"
        assert settings.mqtt.username in settings.collectors, "the account has the collector's name"


@every_balans
def test_what_balans_writes_is_on_a_volume_and_its_configuration_is_mounted(name: str) -> None:
    service = SERVICES[name]
    places = {place for _, place, _ in mounts(service)}
    arguments = parser().parse_args(service["command"])
    if "config" in arguments:
        assert str(arguments.config) in places
        assert environment(service)["BALANS_STATE_DIRECTORY"] in places
    assert "/tmp:mode=1777" in service["tmpfs"]


@every_balans
def test_the_port_that_is_published_is_the_one_that_is_listened_on(name: str) -> None:
    service = SERVICES[name]
    arguments = parser().parse_args(service["command"])
    listens = getattr(arguments, "port", None) or int(environment(service).get("BALANS_WEB__PORT", 0))
    host = getattr(arguments, "host", None) or environment(service).get("BALANS_WEB__HOST", "")
    for _, _, there in ports(service):
        assert there == listens
        assert host == "0.0.0.0"


def test_prometheus_finds_balans_and_its_rules() -> None:
    service = SERVICES["prometheus"]
    places = {place: ROOT / source for source, place, _ in mounts(service) if source.startswith(".")}
    (configured,) = (word.partition("=")[2] for word in service["command"] if word.startswith("--config.file"))
    table = yaml.safe_load(places[configured].read_text())
    assert table["rule_files"] == ["rules/*.yml"]
    assert list(places[f"{Path(configured).parent}/rules"].glob("*.yml"))
    (job,) = table["scrape_configs"]
    (target,) = job["static_configs"][0]["targets"]
    host, port = target.split(":")
    assert port == environment(SERVICES["balans"])["BALANS_WEB__PORT"]
    assert host in SERVICES
    assert host in SERVICES["demo"]["networks"]["default"]["aliases"]


@pytest.mark.parametrize("name", ["grafana", "grafana-demo"])
def test_grafana_finds_prometheus_and_the_dashboards(name: str) -> None:
    places = {place: ROOT / source for source, place, _ in mounts(SERVICES[name])}
    provisioning = places["/etc/grafana/provisioning"]
    (source,) = yaml.safe_load((provisioning / "datasources" / "balans.yml").read_text())["datasources"]
    host, port = source["url"].removeprefix("http://").split(":")
    assert (host in SERVICES, int(port)) == (True, ports(SERVICES["prometheus"])[0][2])
    providers = yaml.safe_load((provisioning / "dashboards" / "balans.yml").read_text())["providers"]
    for provider in providers:
        path = Path(provider["options"]["path"])
        assert list((places[str(path.parent)] / path.name).glob("*.json")), path
    assert len({provider["folderUid"] for provider in providers}) == len(providers)


def test_the_image_is_built_from_what_there_is() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for line in lines:
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source
                assert f"!{source.removesuffix('/')}" in ignored
    words = {line.split()[0]: line for line in lines if line and not line.startswith(("#", " "))}
    assert re.fullmatch(r"USER [1-9]\d*:[1-9]\d*", words["USER"])
    assert words["USER"].removeprefix("USER ") == SERVICES["balans"]["user"]
    (exposed,) = re.findall(r"EXPOSE (\d+)", "\n".join(lines))
    assert ports(SERVICES["balans"])[0][2] == int(exposed) == Settings().web.port
    assert f"127.0.0.1:{exposed}/healthz" in words["HEALTHCHECK"]
    assert json.loads(words["ENTRYPOINT"].removeprefix("ENTRYPOINT ")) == ["balans"]
    parser().parse_args(json.loads(words["CMD"].removeprefix("CMD ")))
    python = re.search(r"FROM python:3\.(\d+)", words["FROM"])
    assert python is not None
    assert int(python[1]) >= 11


@pytest.mark.parametrize("unit", sorted((ROOT / "deploy" / "systemd").iterdir()), ids=lambda path: path.name)
def test_a_systemd_unit_starts_what_balans_knows(unit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = configparser.RawConfigParser(strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(unit.read_text().replace("%i", "telephone"))
    service = read["Service"]
    program, *words = shlex.split(service["ExecStart"])
    assert program == "/opt/balans/bin/balans"
    parser().parse_args(words)
    variables = dict([service["Environment"].split("=", 1)])
    settings = with_environment(variables, monkeypatch, None)
    assert settings.state_directory == Path("/var/lib") / service["StateDirectory"]
    assert service["RestartPreventExitStatus"] == "2"
    assert (service["DynamicUser"], service["ProtectSystem"]) == ("yes", "strict")


PODS = [
    each["spec"]["template"]["spec"]
    for each in yaml.safe_load_all((ROOT / "deploy" / "kubernetes" / "balans.yaml").read_text())
    if each["kind"] == "Deployment"
]


@pytest.mark.parametrize("pod", PODS, ids=lambda pod: pod["containers"][0]["name"])
def test_a_kubernetes_pod_starts_what_balans_knows(pod: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    (container,) = pod["containers"]
    arguments = parser().parse_args(container["args"])
    variables = {each["name"]: each["value"] for each in container["env"]}
    settings = with_environment(variables, monkeypatch, ROOT / "deploy" / "balans.toml")
    places = [mount["mountPath"] for mount in container["volumeMounts"]]
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}
    assert str(arguments.config.parent) in places
    assert str(settings.state_directory) in places
    assert str(settings.mqtt.password_file and settings.mqtt.password_file.parent) in places
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    for port in container.get("ports", ()):
        assert port["containerPort"] == settings.web.port
        assert {container[f"{probe}Probe"]["httpGet"]["path"] for probe in ("liveness", "readiness")} == {
            "/healthz",
            "/readyz",
        }
