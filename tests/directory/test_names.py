"""Names are looked up, merged, and shown to nobody by accident."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given

from openai_org_usage import InvalidParameterError, NamedKey, NamedProject, NamedUser, Names

from ..contract.profiles import examples
from .made_up_names import NAMES, any_names


def test_each_id_has_its_name() -> None:
    """Of a project, a user with an address, and a key with its owner."""
    assert NAMES.project_name("proj_search") == "Search prod"
    assert NAMES.user_name("user-ada") == "Ada Lovelace"
    assert NAMES.user_email("user-ada") == "ada@example.org"
    assert NAMES.api_key_name("key_prod") == "prod of ada@example.org"
    assert NAMES.projects["proj_old"].is_archived
    assert NAMES.users["user-bot"].is_service_account
    assert NAMES.api_keys["key_prod"].owner_name == "Ada Lovelace"


@pytest.mark.parametrize("id", [None, "", "proj_unknown", "proj_blank", "user-ada\n", "key_plain"])
def test_a_lookup_gives_none_where_nothing_is_known(id: str | None) -> None:
    """Rows have ids that are null, empty, or in no list; the lookups take them all."""
    assert NAMES.project_name(id) is None
    assert NAMES.user_name(id) is None
    assert NAMES.user_email(id) is None
    assert NAMES.api_key_name(id) is None
    assert Names().project_name(id) is None


@pytest.mark.parametrize(
    ("kind", "text", "ids"),
    [
        ("project", "proj_search", ("proj_search",)),
        ("project", "Search prod", ("proj_search", "proj_old")),
        ("project", "search prod", ("proj_small",)),
        ("project", "SEARCH PROD", ("proj_search", "proj_old", "proj_small")),
        ("project", "Search", ()),
        ("project", "", ()),
        ("user", "ada lovelace", ("user-ada",)),
        ("user", "Ada@Example.org", ("user-ada",)),
        ("user", "shy@example.org", ("user-shy",)),
        ("user", "Search prod", ()),
        ("api_key", "prod of ada@example.org", ("key_prod",)),
        ("api_key", "key_plain", ("key_plain",)),
    ],
)
def test_a_text_stands_for_ids(kind: Any, text: str, ids: tuple[str, ...]) -> None:
    """An id for itself, a name for all that have it exactly, else for all that have it in other letters."""
    assert NAMES.ids_of(kind, text) == ids


def test_an_id_wins_over_a_name_that_looks_like_it() -> None:
    """Somebody may have called one project as another's id is."""
    names = Names(
        projects={
            "proj_1": NamedProject(id="proj_1", name="proj_2"),
            "proj_2": NamedProject(id="proj_2", name="two"),
        }
    )
    assert names.ids_of("project", "proj_2") == ("proj_2",)


def test_there_are_three_kinds() -> None:
    """Another one is refused by name."""
    kind: Any = "model"
    with pytest.raises(InvalidParameterError, match="project"):
        NAMES.ids_of(kind, "gpt-4o")


def test_age_counts_from_the_reading() -> None:
    """None where the lists were never read."""
    assert NAMES.age(NAMES.read_at or 0) == 0
    assert NAMES.age(1_795_192_200.5) == 3600
    assert Names().age(1_795_192_200.5) is None


def test_a_deleted_key_keeps_its_name() -> None:
    """What a fresh list no longer has comes from before; what it has anew wins."""
    fresh = Names(
        api_keys={"key_plain": NamedKey(id="key_plain", name="plain now")},
        users={"user-ada": NamedUser(id="user-ada", name="Ada King")},
        read_at=2e9,
    )
    merged = fresh.merged_with(NAMES)
    assert merged.api_key_name("key_prod") == "prod of ada@example.org"
    assert merged.api_keys["key_plain"] == NamedKey(
        id="key_plain", name="plain now", owner_id="user-bot", owner_name="nightly"
    )
    assert merged.user_name("user-ada") == "Ada King"
    assert merged.user_email("user-ada") == "ada@example.org"
    assert (merged.read_at, merged.problems) == (2e9, ())


@given(any_names, any_names, any_names)
@examples(40, 2000)
def test_merging_loses_no_name_and_has_no_order(newest: Names, newer: Names, oldest: Names) -> None:
    """Whether a run in between was saved makes no difference; nothing that anybody knew is gone."""
    merged = newest.merged_with(newer).merged_with(oldest)
    assert merged == newest.merged_with(newer.merged_with(oldest))
    assert merged.merged_with(merged) == merged
    for names in (newest, newer, oldest):
        assert set(merged.projects) >= set(names.projects)
        assert all(merged.project_name(id) is not None for id in names.projects if names.project_name(id))
        assert all(merged.user_name(id) is not None for id in names.users if names.user_name(id))
        assert all(merged.user_email(id) is not None for id in names.users if names.user_email(id))
        assert all(merged.api_key_name(id) is not None for id in names.api_keys if names.api_key_name(id))
    assert all(merged.user_name(id) == newest.user_name(id) for id in newest.users if newest.user_name(id))


def test_names_without_addresses_can_be_passed_on() -> None:
    """No address is left, not even one that serves as a name; everything else is."""
    shared = NAMES.without_emails()
    assert shared.user_email("user-ada") is None
    assert shared.user_name("user-ada") == "Ada Lovelace"
    assert shared.user_name("user-shy") is None
    assert shared.api_key_name("key_prod") is None
    assert shared.api_keys["key_prod"].owner_name == "Ada Lovelace"
    assert shared.project_name("proj_search") == "Search prod"
    assert "@" not in str(
        [
            (getattr(item, "name", None), getattr(item, "email", None), getattr(item, "owner_name", None))
            for items in (shared.projects, shared.users, shared.api_keys)
            for item in items.values()
        ]
    )
    assert set(shared.users) == set(NAMES.users)


def test_representations_have_counts_and_ids_alone() -> None:
    """A log or a traceback that shows these values tells nobody's name."""
    shown = f"{NAMES!r} {NAMES} {dict(NAMES.users)} {dict(NAMES.api_keys)} {dict(NAMES.projects)}"
    assert repr(NAMES) == "<Names: 4 projects, 3 users, 2 keys>"
    for secret in ("Ada", "@", "Search", "nightly", "prod of", "a1B2"):
        assert secret not in shown


def test_names_are_values() -> None:
    """They are compared by what they have, copied, and sent to other processes; nothing can be set."""
    assert pickle.loads(pickle.dumps(NAMES)) == copy.deepcopy(NAMES) == NAMES
    assert Names() != NAMES
    frozen: Any = NAMES
    with pytest.raises(AttributeError):
        frozen.read_at = 0


def test_a_key_is_not_said_to_be_of_the_one_who_had_it() -> None:
    """The owner is told whole: a new id does not get the name of the owner before."""
    older = Names(api_keys={"key_1": NamedKey(id="key_1", owner_id="user-ada", owner_name="Ada Lovelace")})
    newer = Names(api_keys={"key_1": NamedKey(id="key_1", owner_id="user-bot", last_four="a1B2")})
    assert newer.merged_with(older).api_keys == newer.api_keys
    assert Names(api_keys={"key_1": NamedKey(id="key_1")}).merged_with(older).api_keys == older.api_keys


def test_names_of_two_organizations_are_not_merged() -> None:
    """What to do is said; names that do not say whose they are go with any."""
    with pytest.raises(InvalidParameterError, match="another organization: keep a file for each"):
        NAMES.merged_with(Names(organization="org-other"))
    assert Names().merged_with(NAMES).organization == NAMES.merged_with(Names()).organization == "org-made-up"
