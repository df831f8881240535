"""Production on one machine: pinned, watched, without root and without secrets in the file."""

import re

import pytest
import yaml

from tools.bootstrap import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict] = COMPOSE["services"]
ONE_SHOT = {name for name, service in SERVICES.items() if service.get("restart") == "no"}


def dockerfile_stages() -> set[str]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    return set(re.findall(r"^FROM \S+ AS (\S+)$", text, re.MULTILINE))


def test_the_services_are_there():
    assert set(SERVICES) == {"db", "migrate", "web", "worker", "proxy"}


@pytest.mark.parametrize("name", SERVICES)
class TestEachService:
    def test_its_image_is_pinned_by_version(self, name):
        tag = SERVICES[name]["image"].partition(":")[2]
        assert re.match(r"\d+\.\d+", tag), f"{SERVICES[name]['image']} floats"

    def test_it_is_watched_or_ends_by_itself(self, name):
        assert name in ONE_SHOT or "test" in SERVICES[name]["healthcheck"]

    def test_it_does_not_run_as_root(self, name):
        uid, _colon, gid = SERVICES[name]["user"].partition(":")
        assert int(uid) > 0
        assert int(gid) > 0

    def test_it_can_write_only_to_volumes_and_memory(self, name):
        assert SERVICES[name]["read_only"] is True
        assert "/tmp" in SERVICES[name]["tmpfs"]  # noqa: S108 a memory file system in the container

    def test_it_gains_no_privilege(self, name):
        assert SERVICES[name]["cap_drop"] == ["ALL"]
        assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]

    def test_it_waits_for_what_it_needs_by_health_or_success(self, name):
        for condition in SERVICES[name].get("depends_on", {}).values():
            assert condition["condition"] in {"service_healthy", "service_completed_successfully"}

    def test_its_folders_of_data_are_named_volumes(self, name):
        for volume in SERVICES[name].get("volumes", []):
            assert volume.partition(":")[0] in COMPOSE["volumes"]

    def test_what_it_builds_is_a_stage_of_the_dockerfile(self, name):
        if "build" in SERVICES[name]:
            assert SERVICES[name]["build"]["target"] in dockerfile_stages()


def test_only_the_proxy_is_reachable_from_outside():
    assert [name for name in SERVICES if SERVICES[name].get("ports")] == ["proxy"]


def test_the_database_is_on_a_network_that_leads_nowhere_else():
    assert SERVICES["db"]["networks"] == ["inner"]
    assert COMPOSE["networks"]["inner"]["internal"] is True
    assert "inner" not in SERVICES["proxy"]["networks"]


def test_nobody_serves_before_the_tables_are_current():
    for name in ("web", "worker"):
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_secrets_come_from_outside_the_file():
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|KEY|DATABASE_URL", key):
                assert "${" in value, f"{key} is written out"
    assert "SECRET_KEY" not in (ROOT / "docker-compose.yml").read_text(encoding="utf-8")


def test_a_missing_secret_stops_the_start_with_its_name():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert "${POSTGRES_PASSWORD:?" in text
    assert "${CRM_DOMAIN:?" in text


def test_forwarded_addresses_are_believed_of_exactly_one_proxy():
    assert SERVICES["web"]["environment"]["TRUSTED_PROXY_COUNT"] == "1"
