"""Organizations of any size, drawn from a seed: each has at its size what surprises in the small one.

A tenth of the projects is archived, one in twenty has the name of another one, and some have no key or a
few hundred; keys are deleted, unnamed, owned by service accounts or by people who have left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from ..errors import ConfigurationError
from .activity import RHYTHMS
from .roster import AdminCredential, ApiKey, Employee, OrganizationProject, Roster, ServiceAccount
from .seeded_random import draw_bytes

_AREAS = ("Search", "Support", "Mobile", "Billing", "Catalogue", "Translation", "Research", "Security")
_KINDS = ("prod", "staging", "pilot", "evaluation", "batch", "internal")
_FIRST_NAMES = ("Amara", "Bruno", "Chiara", "Dmitri", "Elif", "Farid", "Grace", "Hiro", "Inês", "Jonas")
_LAST_NAMES = ("Okafor", "Keller", "Conti", "Orlov", "Demir", "Haddad", "Mwangi", "Tanaka", "Duarte", "Berg")
_RHYTHMS = tuple(name for name in RHYTHMS if name != "constant")
_PROJECTS_FOR_AN_ADMIN = 20
_SHARES_ITS_NAME, _IS_ARCHIVED = 1, 2
"""Projects that do so in every organization that has as many; of the others, some do."""


def _check_count(_: object, attribute: attrs.Attribute[int], value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ConfigurationError(f"{attribute.name} is a whole number from 1, not {value!r}")


@attrs.frozen(kw_only=True)
class OrganizationSize:
    """How many projects, users and keys there are, archived, departed and deleted ones among them.

    Raises:
        ConfigurationError: one of them is no whole number from 1.
    """

    projects: int = attrs.field(default=6, validator=_check_count)
    users: int = attrs.field(default=10, validator=_check_count)
    keys: int = attrs.field(default=14, validator=_check_count)


class _Dice:
    """Numbers that depend on a seed and on who they are for."""

    def __init__(self, seed: int, *labels: str | int) -> None:
        self._bytes = draw_bytes(seed, *labels, size=40)
        self.id = self._bytes[:12].hex()

    def number(self, place: int, sides: int) -> int:
        """A number from 0, below `sides`; those of different places (below 7) do not depend on each other."""
        return int.from_bytes(self._bytes[12 + 4 * place : 16 + 4 * place], "big") % sides


def draw_roster(size: OrganizationSize, *, seed: int) -> Roster:
    """The organization of this size, always the same one for the same seed."""
    projects = list(_projects(size.projects, seed=seed))
    employees = list(_employees(size.users, seed=seed))
    accounts = list(_accounts(projects, seed=seed))
    return Roster.of(
        projects=projects,
        employees=employees,
        service_accounts=accounts,
        keys=_keys(size.keys, projects, employees, accounts, seed=seed),
        admin_keys=_admin_keys(1 + size.projects // _PROJECTS_FOR_AN_ADMIN, employees, seed=seed),
    )


def _projects(count: int, *, seed: int) -> Iterator[OrganizationProject]:
    names: list[str] = []
    for number in range(count):
        dice = _Dice(seed, "project", number)
        area, kind = _AREAS[dice.number(0, len(_AREAS))], _KINDS[dice.number(1, len(_KINDS))]
        shared = number == _SHARES_ITS_NAME or (number > 0 and dice.number(2, 20) == 0)
        names.append(names[dice.number(3, number)] if shared else f"{area} {kind} {number}")
        archived = number == _IS_ARCHIVED or (number > 0 and dice.number(4, 10) == 0)
        yield OrganizationProject(f"proj_{dice.id}", names[-1], is_archived=archived)


def _employees(count: int, *, seed: int) -> Iterator[Employee]:
    for number in range(count):
        dice = _Dice(seed, "employee", number)
        first, last = _FIRST_NAMES[dice.number(0, 10)], _LAST_NAMES[dice.number(1, 10)]
        email = f"{first}.{last}{number}@example.com".lower().replace("ê", "e")
        yield Employee(
            f"user-{dice.id}",
            None if dice.number(2, 50) == 0 else f"{first} {last}",
            None if dice.number(3, 50) == 0 else email,
            has_left=number > 0 and dice.number(4, 25) == 0,
        )


def _accounts(projects: Sequence[OrganizationProject], *, seed: int) -> Iterator[ServiceAccount]:
    for project in projects:
        for number in range(_Dice(seed, "accounts", project.id).number(0, 4)):
            dice = _Dice(seed, "account", project.id, number)
            form = "user-" if dice.number(0, 2) else "svc_acct_"
            yield ServiceAccount(f"{form}{dice.id}", f"worker {number + 1}", project.id)


def _keys(
    count: int,
    projects: Sequence[OrganizationProject],
    employees: Sequence[Employee],
    accounts: Sequence[ServiceAccount],
    *,
    seed: int,
) -> Iterator[ApiKey]:
    accounts_of: dict[str, list[ServiceAccount]] = {}
    for account in accounts:
        accounts_of.setdefault(account.project_id, []).append(account)
    for number in range(count):
        dice = _Dice(seed, "key", number)
        project = projects[_uneven(dice.number(0, 1 << 30), len(projects))]
        robots = accounts_of.get(project.id, []) if dice.number(1, 3) == 0 else []
        owner = (robots or employees)[dice.number(2, len(robots or employees))]
        outsider = isinstance(owner, Employee) and (owner.has_left or dice.number(3, 20) == 0)
        yield ApiKey(
            f"key_{dice.id}",
            project.id,
            owner.id,
            _RHYTHMS[dice.number(4, len(_RHYTHMS))],
            1 + dice.number(5, 30),
            (None, "")[number % 2] if dice.number(6, 25) == 0 else f"{owner.name or 'key'} {number % 200}",
            owner_access="inactive" if outsider else "active",
            is_deleted=dice.number(6, 25) == 1,
        )


def _uneven(dice: int, count: int) -> int:
    """A place below `count`, the first ones far more often: dice is below 2**30."""
    return dice * dice * count >> 60


def _admin_keys(count: int, employees: Sequence[Employee], *, seed: int) -> Iterator[AdminCredential]:
    yield AdminCredential(f"key_{_Dice(seed, 'admin', 0).id}", "Usage reports", employees[0].id, days_left=60)
    for number in range(1, count):
        dice = _Dice(seed, "admin", number)
        yield AdminCredential(
            f"key_{dice.id}",
            f"Tool {number}",
            employees[dice.number(0, len(employees))].id,
            dice.id[-4:],
            days_left=dice.number(1, 400) - 30 if dice.number(2, 2) else None,
            days_unused=dice.number(3, 300) if dice.number(4, 5) else None,
        )
