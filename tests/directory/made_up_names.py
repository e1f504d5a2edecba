"""Names of three kinds, by hand and by chance."""

from __future__ import annotations

from hypothesis import strategies as st

from openai_org_usage import NamedKey, NamedProject, NamedUser, Names

NAMES = Names(
    projects={
        "proj_search": NamedProject(id="proj_search", name="Search prod", is_archived=False),
        "proj_old": NamedProject(id="proj_old", name="Search prod", is_archived=True),
        "proj_small": NamedProject(id="proj_small", name="search prod", is_archived=False),
        "proj_blank": NamedProject(id="proj_blank"),
    },
    users={
        "user-ada": NamedUser(
            id="user-ada", name="Ada Lovelace", email="ada@example.org", is_service_account=False
        ),
        "user-bot": NamedUser(id="user-bot", name="nightly", is_service_account=True),
        "user-shy": NamedUser(id="user-shy", name="shy@example.org", email="shy@example.org"),
    },
    api_keys={
        "key_prod": NamedKey(
            id="key_prod",
            name="prod of ada@example.org",
            owner_id="user-ada",
            owner_name="Ada Lovelace",
            project_id="proj_search",
            last_four="a1B2",
        ),
        "key_plain": NamedKey(id="key_plain", owner_id="user-bot", owner_name="nightly"),
    },
    read_at=1_795_188_600.5,
    problems=("the names of users are not known: the key lacks the scope api.management.read",),
    organization="org-made-up",
    read_with="0123456789ab",
)

_text = st.none() | st.text(min_size=1, max_size=4)
_flag = st.none() | st.booleans()


def _by_id(kind: type, **members: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    ids = st.sampled_from([f"id_{number}" for number in range(5)])
    return st.lists(st.builds(kind, id=ids, **members), max_size=5).map(
        lambda items: {item.id: item for item in items}
    )


any_names = st.builds(
    Names,
    projects=_by_id(NamedProject, name=_text, is_archived=_flag),
    users=_by_id(NamedUser, name=_text, email=_text, is_service_account=_flag),
    api_keys=_by_id(
        NamedKey, name=_text, owner_id=_text, owner_name=_text, project_id=_text, last_four=_text
    ),
    read_at=st.none() | st.floats(0, 2e9),
    problems=st.lists(st.text(max_size=4), max_size=2).map(tuple),
)
"""Names of few ids, so that two of them have some in common."""
