"""A person gives names in a TOML file to what no list knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from openai_org_usage import NamedKey, Names, NamesFileError

from ..pages import DOCS, blocks
from .made_up_names import NAMES


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "names.toml"


def test_an_id_says_what_it_is_of(path: Path) -> None:
    """By how it begins: of a project, a user, a service account, or a key."""
    path.write_text(
        'proj_gone = "Gone"\nuser-gone = "Eve"\nsvc_acct_1 = "nightly"\nkey_gone = "of a contractor"\n'
    )
    names = Names().with_own(path)
    assert names.project_name("proj_gone") == "Gone"
    assert (names.user_name("user-gone"), names.user_name("svc_acct_1")) == ("Eve", "nightly")
    assert names.api_keys == {"key_gone": NamedKey(id="key_gone", name="of a contractor")}


def test_sections_take_ids_of_any_form(path: Path) -> None:
    """As the ids of some organizations begin otherwise."""
    path.write_text('[projects]\n"7" = "Seven"\n[users]\nu = " Eve "\n[api_keys]\n"a.b" = "dotted"\n')
    names = Names().with_own(str(path))
    assert names.project_name("7") == "Seven"
    assert names.user_name("u") == "Eve"
    assert names.api_key_name("a.b") == "dotted"


def test_own_names_win_and_the_rest_stays(path: Path) -> None:
    """Somebody has written them on purpose; address, owner and age are those of the lists."""
    path.write_text('user-ada = "Countess"\nkey_plain = "backup job"\n')
    names = NAMES.with_own(path)
    assert names.user_name("user-ada") == "Countess"
    assert names.user_email("user-ada") == "ada@example.org"
    assert names.api_keys["key_plain"].owner_id == "user-bot"
    assert (names.read_at, names.problems) == (NAMES.read_at, NAMES.problems)
    assert NAMES.user_name("user-ada") == "Ada Lovelace"


def test_an_empty_file_changes_nothing(path: Path) -> None:
    """Nor one of comments, with the mark that Windows puts first."""
    path.write_text("\ufeff# none yet\n[projects]\n", encoding="utf-8")
    assert NAMES.with_own(path) == NAMES


@pytest.mark.usefixtures("without_collection")
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            'proj_1 = "a"\nproj_2 = secret\n',
            r'is no TOML at line 2: write one name to a line, as proj_abc = "Se',
        ),
        ('proj_1 = "secret"\nproj_1 = "b"\n', "is no TOML at line 2"),
        ("x" * 99, "is no TOML"),
        ("a = " + "[" * 100_000, "is no TOML"),
        ("a = " + "9" * 5000, "is no TOML"),
        (
            'proj_1 = "a"\nsecret = "b"\n',
            r"entry \(2\) that does not begin as the id of .* below \[projects\]",
        ),
        ("proj_1 = 7\n", "something else than names in quotes as entry 1"),
        ('proj_1 = "  "\n', "something else than names in quotes as entry 1"),
        ('[users]\nsecret = ""\n', "something else than names in quotes as entry 1"),
        ('[proj_1]\nname = "secret"\n', "something else than names in quotes as entry 1"),
        ('[users.secret]\nname = "x"\n', "something else than names in quotes as entry 1"),
        ('proj_1 = "a"\n[secret]\nx = "y"\n', "something else than names in quotes as entry 2"),
    ],
)
def test_a_mistake_is_found_by_its_place(path: Path, text: str, reason: str) -> None:
    """What stands there is not quoted: it may be a name, or a key that was pasted."""
    path.write_text(text)
    with pytest.raises(NamesFileError, match=reason) as caught:
        Names().with_own(path)
    assert "secret" not in str(caught.value).removeprefix(str(path))
    assert path.read_text() == text


@pytest.mark.parametrize("name", [".", "missing.toml"])
def test_a_file_that_was_named_has_to_be_there(tmp_path: Path, name: str) -> None:
    """Otherwise a typing error in its name would look like no names."""
    with pytest.raises(NamesFileError, match="cannot be read: "):
        Names().with_own(tmp_path / name)


def test_other_encodings_are_refused(path: Path) -> None:
    """TOML is UTF-8."""
    path.write_bytes('proj_1 = "Zürich"\n'.encode("latin-1"))
    with pytest.raises(NamesFileError, match="is no TOML"):
        Names().with_own(path)


@pytest.mark.skipif(not DOCS.is_dir(), reason="the documentation is not shipped")
def test_the_documented_file_is_read(path: Path) -> None:
    """Each of its lines is a name."""
    (shown,) = blocks("toml", page="names")
    path.write_text(shown.text)
    names = Names().with_own(path)
    assert names.project_name("proj_8Zk2") == "Search, until 2025"
    assert len(names.projects) + len(names.users) + len(names.api_keys) == shown.text.count(" = ")
