"""Names read from the lists of organizations that are made up."""

from __future__ import annotations

from typing import Any

import httpx

from openai_org_usage import Names, UsageClient

from ..scripted import SETTINGS
from .organizations import Organization, OrganizationTransport


def small(seed: int = 7) -> Organization:
    return Organization(seed, projects=12, users=150, keys=250, is_as_large=True)


def client_of(transport: httpx.MockTransport, **options: Any) -> UsageClient:
    return UsageClient(**{**SETTINGS, **options}, transport=transport)


def read(organization: Organization, **options: Any) -> tuple[Names, OrganizationTransport]:
    transport = OrganizationTransport(organization)
    with client_of(transport) as client:
        return client.names(**options), transport
