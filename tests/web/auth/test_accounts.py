"""Accounts: what the file holds, who gets access by it, and what is done with one that is damaged."""

from __future__ import annotations

import json
import multiprocessing
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from citewell.errors import AccountsError, UsageError
from citewell.state.accounts import NAME_CHARACTERS
from citewell.state.folder import StateFolder
from citewell.web.auth.accounts import AccountStore
from citewell.web.auth.credentials import PASSWORD_CHARACTERS, normal_name, normal_password
from tests.support.accounts import OTHER, PHRASE, QUICK
from tests.support.commands import citewell


@pytest.fixture
def store(tmp_path: Path) -> AccountStore:
    """A file with a maintainer."""
    store = AccountStore(tmp_path / "accounts.json", QUICK)
    store.add("ada", "maintainer", PHRASE)
    return store


def test_only_the_right_password_of_the_right_name_is_admitted(store: AccountStore) -> None:
    account = store.sign_in("ada", PHRASE)
    assert account is not None
    assert (account.name, account.role) == ("ada", "maintainer")
    assert store.sign_in("  ADA ", PHRASE) == account
    assert store.sign_in("ada", OTHER) is None
    assert store.sign_in("ada", "") is None
    assert store.sign_in("bob", PHRASE) is None
    assert store.sign_in("", "") is None


def test_a_password_is_the_same_however_its_accents_are_typed(store: AccountStore) -> None:
    store.add("zoë", "reader", "crème brûlée für alle")
    assert store.sign_in("zoe\u0308", "cre\u0300me bru\u0302le\u0301e fu\u0308r alle") is not None


@pytest.mark.promise("secrets")
def test_the_file_is_for_its_owner_alone_and_holds_no_password_and_no_token(store: AccountStore) -> None:
    token = store.new_token("ada")
    text = Path(store.place).read_text(encoding="utf-8")
    assert PHRASE not in text
    assert token not in text
    assert "$argon2id$" in text
    store.key()
    for file in (Path(store.place), Path(store.place).with_suffix(".key")):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Path(store.place).with_suffix(".key").read_text(encoding="ascii") not in text


def test_the_key_stays_the_same_and_is_no_other_files(store: AccountStore, tmp_path: Path) -> None:
    assert AccountStore(Path(store.place), QUICK).key() == store.key()
    assert AccountStore(tmp_path / "others.json", QUICK).key() != store.key()
    Path(store.place).with_suffix(".key").write_text("short", encoding="ascii")
    with pytest.raises(AccountsError, match="damaged"):
        store.key()


def test_a_token_is_its_accounts_until_there_is_another(store: AccountStore) -> None:
    first = store.new_token("ada")
    account = store.of_token(first)
    assert account is not None
    assert account.name == "ada"
    second = store.new_token("ada")
    assert store.of_token(first) is None
    assert store.of_token(second) is not None
    assert store.of_token("") is None
    store.remove("ada")
    assert store.of_token(second) is None


@pytest.mark.promise("secrets")
def test_a_token_goes_with_the_password_and_can_be_revoked(store: AccountStore) -> None:
    token = store.new_token("ada")
    assert store.set_password("ada", OTHER).token is not None
    assert store.of_token(token) is None
    second = store.new_token("ada")
    store.set_role("ada", "reader")
    account = store.of_token(second)
    assert account is not None
    assert account.role == "reader"
    store.revoke_token("ada")
    assert store.of_token(second) is None
    with pytest.raises(UsageError, match="ada has no token"):
        store.revoke_token("ada")
    with pytest.raises(UsageError, match="there is no account"):
        store.revoke_token("bob")


# The accents of one letter are sorted by insertion, so that an odd order takes the square of their number.
MARKS = "\u0301\u0316"


def _seconds(work: Callable[[], object]) -> float:
    """Return how long it takes of the processor: the best of three times, each as often as takes over 50 milliseconds."""

    def timed(repeated: int) -> float:
        began = time.process_time()
        for _ in range(repeated):
            work()
        return time.process_time() - began

    repeated = 1
    while timed(repeated) < 0.05:
        repeated *= 2
    return min(timed(repeated) for _ in range(3)) / repeated


def test_the_worst_name_and_password_cost_little_more_than_plain_ones(tmp_path: Path) -> None:
    store = AccountStore(tmp_path / "accounts.json")
    store.add("ada", "reader", PHRASE)

    def signing_in(text: str) -> float:
        return _seconds(lambda: store.sign_in(text[:NAME_CHARACTERS], text[:PASSWORD_CHARACTERS]))

    plain = signing_in("x" * PASSWORD_CHARACTERS)
    heap = f"a{MARKS[0] * (PASSWORD_CHARACTERS // 2)}{MARKS[1] * PASSWORD_CHARACTERS}"
    # The last is one character that becomes eighteen.
    for worst in (heap, f"a{heap[:0:-1]}", "\ufdfa" * PASSWORD_CHARACTERS):
        assert signing_in(worst) <= 2.5 * plain


@pytest.mark.parametrize(("normal", "most"), [(normal_name, NAME_CHARACTERS), (normal_password, PASSWORD_CHARACTERS)])
def test_one_character_too_many_is_refused_before_it_is_read(normal: Callable[[str], str], most: int) -> None:
    assert normal("x" * most) == "x" * most
    # To normalise the last of these would take hours.
    for text in ("x" * (most + 1), "a" + MARKS[0] * 1_000_000 + MARKS[1] * 1_000_000):
        with pytest.raises(UsageError):
            normal(text)


def test_who_types_too_much_is_not_admitted_and_nothing_is_done_with_it(store: AccountStore) -> None:
    heap = MARKS[0] * 1_000_000 + MARKS[1] * 1_000_000
    assert store.sign_in("ada" + heap, PHRASE) is None
    assert store.sign_in("ada", PHRASE + heap) is None
    with pytest.raises(UsageError, match="is not a valid name"):
        store.remove("ada" + heap)


def test_what_another_process_writes_counts_at_once(store: AccountStore) -> None:
    elsewhere = AccountStore(Path(store.place), QUICK)
    before = store.accounts()["ada"].stamp
    elsewhere.set_role("ada", "reader")
    assert store.accounts()["ada"].stamp != before
    elsewhere.set_password("ada", OTHER)
    assert store.sign_in("ada", PHRASE) is None
    assert store.sign_in("ada", OTHER) is not None
    elsewhere.remove("ada")
    assert store.accounts() == {}


def _add(file: Path, nth: int) -> None:
    AccountStore(file, QUICK).add(f"user{nth}", "reader", PHRASE)


def test_accounts_that_are_added_at_the_same_time_are_all_there(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_add, args=(tmp_path / "accounts.json", nth)) for nth in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert sorted(AccountStore(tmp_path / "accounts.json").accounts()) == ["user0", "user1", "user2"]


def test_a_hash_of_other_parameters_is_made_again_at_the_next_sign_in(store: AccountStore) -> None:
    newer = AccountStore(Path(store.place), PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    before = store.accounts()["ada"].password
    assert newer.sign_in("ada", OTHER) is None
    assert newer.accounts()["ada"].password == before
    account = newer.sign_in("ada", PHRASE)
    assert account is not None
    assert account.password != before
    assert "t=2" in newer.accounts()["ada"].password
    assert newer.sign_in("ada", PHRASE) == account


def test_a_name_that_there_is_not_takes_as_long(tmp_path: Path) -> None:
    store = AccountStore(tmp_path / "accounts.json")
    store.add("ada", "reader", PHRASE)

    def took(name: str) -> float:
        began = time.process_time()
        assert store.sign_in(name, OTHER) is None
        return time.process_time() - began

    known, unknown = min(took("ada") for _ in range(3)), min(took("nobody") for _ in range(3))
    assert 0.5 < known / unknown < 2
    # RFC 9106, second recommended option: 64 MiB, three passes.
    assert "$argon2id$v=19$m=65536,t=3,p=4$" in store.accounts()["ada"].password


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"format": 2, "accounts": []}',
        '{"accounts": [{"name": "ada", "role": "owner", "password": "$argon2id$x"}]}',
        '{"accounts": [{"name": "ada", "role": "reader", "password": "secret"}]}',
        '{"accounts": [{"name": "ada", "role": "reader", "password": "$argon2id$x", "admin": true}]}',
        json.dumps({"accounts": [{"name": "ada", "role": "reader", "password": "$argon2id$x"}] * 2}),
    ],
)
def test_a_damaged_file_lets_nobody_in_and_is_not_written_over(store: AccountStore, content: str) -> None:
    Path(store.place).write_text(content, encoding="utf-8")
    with pytest.raises(AccountsError, match="damaged, and access is denied"):
        store.accounts()
    with pytest.raises(AccountsError, match="damaged"):
        store.sign_in("ada", PHRASE)
    with pytest.raises(AccountsError, match="damaged"):
        store.add("bob", "reader", PHRASE)
    assert Path(store.place).read_text(encoding="utf-8") == content


def test_a_file_that_is_gone_is_no_file_without_accounts(store: AccountStore) -> None:
    Path(store.place).unlink()
    with pytest.raises(AccountsError, match="there are no accounts in"):
        store.sign_in("ada", PHRASE)


@pytest.mark.parametrize("password", ["short", "fourteen chars", "x" * 257, "a" * 20, "ada ada ada ada ada"])
def test_a_password_that_is_guessed_soon_is_refused(store: AccountStore, password: str) -> None:
    with pytest.raises(UsageError, match="password"):
        store.set_password("ada", password)
    assert store.sign_in("ada", PHRASE) is not None


@pytest.mark.parametrize("name", ["", "  ", "a b", "a/b", "../x", "a\nb", "<b>", "x" * 65])
def test_what_is_no_name_is_refused(store: AccountStore, name: str) -> None:
    with pytest.raises(UsageError, match="is not a valid name"):
        store.add(name, "reader", PHRASE)


def test_the_commands_manage_accounts(tmp_path: Path) -> None:
    index = tmp_path / "index"

    def user(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        done = citewell("user", *arguments, "--index", index, typed=typed)
        return done.returncode, done.stdout, done.stderr

    assert user("add", "Ada", "--role", "maintainer", "--password-stdin", typed=f"{PHRASE}\n") == (
        0,
        "Added ada, a maintainer.\n",
        "",
    )
    status, _, stderr = user("add", "ada", "--role", "reader", "--password-stdin", typed=f"{PHRASE}\n")
    assert (status, "citewell user password ada" in stderr) == (2, True)
    assert user("add", "bob", "--role", "reader", "--password-stdin", typed="short\n")[0] == 2
    assert user("add", "bob", "--role", "owner", "--password-stdin", typed=f"{PHRASE}\n")[0] == 2
    store = AccountStore(StateFolder.beside(index).accounts)
    assert user("password", "ada", "--password-stdin", typed=f"{OTHER}\n")[0] == 0
    assert store.sign_in("ada", OTHER) is not None
    assert user("role", "ada", "reader")[0] == 0
    token = user("token", "ada")[1].strip()
    account = store.of_token(token)
    assert account is not None
    assert account.role == "reader"
    assert user("list")[1] == "ada\treader, has a token\n"
    assert json.loads(user("list", "--json")[1]) == {"name": "ada", "role": "reader", "token": True}
    changed = user("password", "ada", "--password-stdin", typed=f"{PHRASE}\n")
    assert (changed[0], "citewell user token ada" in changed[2]) == (0, True)
    assert user("list")[1] == "ada\treader\n"
    assert user("token", "ada")[0] == 0
    assert user("token", "ada", "--revoke") == (0, "The token of ada was revoked.\n", "")
    assert user("remove", "ada")[0] == 0
    assert user("remove", "ada")[0] == 2
    assert store.accounts() == {}
