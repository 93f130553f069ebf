"""The settings of the usual French providers (rules/lists/mail_providers.yml), by an address's domain. Called by `vigie setup mail`."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

from sensor.detect.policy_mail import Security


@dataclass(frozen=True, slots=True)
class Provider:
    """`confidence`: "high" where the source was read, "knowledge" where nothing was."""

    name: str
    domains: tuple[str, ...]
    server: str
    port: int
    security: Security
    user: Literal["address", "local"]
    sign_in: Literal["password", "app_password", "oauth2"]
    source: str
    date: str
    confidence: Literal["high", "knowledge"]

    def user_of(self, address: str) -> str:
        return address if self.user == "address" else address.partition("@")[0]


@cache
def providers() -> tuple[Provider, ...]:
    text = files("rules").joinpath("lists", "mail_providers.yml").read_text("utf-8")
    found = yaml.safe_load(text)["entries"]
    return tuple(Provider(**{**one, "domains": tuple(one["domains"]), "date": str(one["date"])}) for one in found)


def provider_of(address: str) -> Provider | None:
    domain = address.rpartition("@")[2].lower()
    return next((one for one in providers() if domain in one.domains), None)
