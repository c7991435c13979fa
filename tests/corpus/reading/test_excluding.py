"""What is left out of a corpus, and by which rule."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from citewell.corpus.reading import Excluding, excluding, scan
from citewell.errors import SettingsError
from citewell.settings import ExcludeRule, Selection


def corpus_of(folder: Path, *names: str, rules: dict[str, str] | None = None) -> Path:
    """Make a corpus of small files, and of rules by their folder."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("Text.\n")
    for place, lines in (rules or {}).items():
        (folder / place / ".citewellignore").write_text(lines)
    return folder


def read(corpus: Path, *patterns: str) -> list[str]:
    return [each.path for each in scan(corpus, selection(*patterns)).files]


def selection(*patterns: str, **sizes: float) -> Selection:
    return Selection(exclude=tuple(ExcludeRule(pattern=each) for each in patterns), largest_mb=sizes)


def test_what_programs_and_desktops_leave_is_left_out_and_a_folder_is_listed_once(tmp_path: Path) -> None:
    names = (
        "a.md",
        "web/node_modules/x/readme.md",
        "web/node_modules/y.md",
        "package-lock.json",
        "a.min.js",
        ".git/b.md",
        "~$a.txt",
    )
    found = scan(corpus_of(tmp_path, *names))
    assert [each.path for each in found.files] == ["a.md"]
    assert [(each.path, each.rule.written, each.rule.file) for each in found.excluded] == [
        (".git/", ".*", "default"),
        ("a.min.js", "*.min.js", "default"),
        ("package-lock.json", "package-lock.json", "default"),
        ("web/node_modules/", "node_modules/", "default"),
        ("~$a.txt", "~$*", "default"),
    ]
    assert found.skipped == ()


@pytest.mark.parametrize(
    ("names", "left_out"),
    [
        (("build/a.md", "b.md"), []),
        (("build/a.md", "pyproject.toml", "b.md"), ["build/"]),
        (("cache/CACHEDIR.TAG", "cache/a.md", "b.md"), ["cache/"]),
        (("tool/pyvenv.cfg", "tool/lib/a.md", "b.md"), ["tool/"]),
    ],
    ids=["a folder called build", "beside a project", "marked as a cache", "virtual environment"],
)
def test_folders_that_programs_fill_are_known_by_what_they_hold(
    tmp_path: Path, names: tuple[str, ...], left_out: list[str]
) -> None:
    assert [each.path for each in scan(corpus_of(tmp_path, *names)).excluded] == left_out


@pytest.mark.parametrize("pattern", ["!node_modules/", "!node_modules", "!/web/node_modules/"])
def test_a_rule_of_the_user_brings_back(tmp_path: Path, pattern: str) -> None:
    corpus = corpus_of(tmp_path, "web/node_modules/a.md", "web/node_modules/.b.md")
    assert read(corpus, pattern) == ["web/node_modules/a.md"]
    corpus_of(tmp_path, rules={"": pattern})
    assert read(corpus) == ["web/node_modules/a.md"]


def test_hidden_files_and_marked_folders_can_be_brought_back(tmp_path: Path) -> None:
    corpus = corpus_of(
        tmp_path, ".github/a.md", ".b.md", "tool/pyvenv.cfg", "tool/c.md", rules={"": "!.github/\n!tool/\n"}
    )
    assert read(corpus) == [".github/a.md", "tool/c.md", "tool/pyvenv.cfg"]


def test_the_last_rule_decides_and_those_of_a_folder_come_after_those_above(tmp_path: Path) -> None:
    corpus = corpus_of(
        tmp_path,
        "a.log",
        "keep/a.log",
        "keep/b.log",
        "keep/deep/a.log",
        rules={"": "*.log\n", "keep": "!a.log\n/deep/\n"},
    )
    assert read(corpus) == ["keep/a.log"]
    assert read(corpus, "!*.log") == ["keep/a.log"]
    found = scan(corpus)
    assert [(each.path, str(each.rule)) for each in found.excluded] == [
        ("a.log", "the rule *.log in .citewellignore, line 1"),
        ("keep/b.log", "the rule *.log in .citewellignore, line 1"),
        ("keep/deep/", "the rule /deep/ in keep/.citewellignore, line 2"),
    ]


def test_a_rule_for_a_folder_does_not_mean_what_is_in_it(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, "keep/a.log", "keep/b.md", rules={"": "*.log\n!keep/\n"})
    assert read(corpus) == ["keep/b.md"]


def test_rules_of_the_settings_name_their_file(tmp_path: Path) -> None:
    rule = ExcludeRule(pattern="drafts/", file="citewell.toml", line=3)
    found = scan(corpus_of(tmp_path, "drafts/a.md"), Selection(exclude=(rule,)))
    (only,) = found.excluded
    assert only.to_json() == {
        "path": "drafts/",
        "reason": "the rule drafts/ in citewell.toml, line 3",
        "rule": "drafts/",
        "source": "citewell.toml",
        "line": 3,
    }


def test_a_bad_rule_is_named_and_the_others_are_used(tmp_path: Path) -> None:
    found = scan(corpus_of(tmp_path, "a.md", "b.md", rules={"": "# rules\n[x\n!\n/b.md\n"}))
    assert [each.path for each in found.files] == ["a.md"]
    assert found.faults == (
        ".citewellignore, line 2: '[x' is a pattern that nothing matches",
        ".citewellignore, line 3: '!' is not a pattern",
    )


def test_rules_in_any_encoding_are_read(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, "a.md", "b.md")
    (tmp_path / ".citewellignore").write_bytes(b"\xef\xbb\xbfa.md\r\n\xff\xfe\r\n")
    assert read(corpus) == ["b.md"]


def test_a_file_larger_than_its_kind_may_be_is_left_out_with_the_setting(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, "a.py", "a.md")
    (tmp_path / "a.py").write_text("x = 1\n" * 2_000)
    found = scan(corpus, selection(code=0.01))
    assert [each.path for each in found.files] == ["a.md"]
    (only,) = found.excluded
    assert only.rule.written == "largest_mb.code = 0.01"
    assert only.rule.file == "citewell.toml"
    assert (
        only.reason
        == "has 0.0 MB, and files of its kind may have 0.01; to read it, set largest_mb.code in citewell.toml"
    )
    assert read(corpus) == ["a.md", "a.py"]


def test_the_limit_of_other_kinds_is_one(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, "a.txt")
    assert read(corpus) == ["a.txt"]
    assert [each.path for each in scan(corpus, selection(other=0.000001)).excluded] == ["a.txt"]


def test_a_limit_for_a_kind_that_there_is_not_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"largest_mb\.pfd: there is no such kind of file; there are .*code.*other"):
        scan(tmp_path, selection(pfd=3))


def test_what_is_in_a_folder_that_is_left_out_names_the_folder(tmp_path: Path) -> None:
    rules = excluding(corpus_of(tmp_path, "a/node_modules/b/c.md"))
    found = rules.excluded("a/node_modules/b/c.md", is_folder=False)
    assert found is not None
    assert found.path == "a/node_modules/"
    assert rules.excluded("a/c.md", is_folder=False) is None


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs rights that can be taken away")
def test_a_folder_whose_rules_cannot_be_read_is_unavailable_for_now(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, "a.md", "b/c.md", rules={"b": "c.md\n"})
    (tmp_path / "b" / ".citewellignore").chmod(0)
    found = scan(corpus)
    assert [each.path for each in found.files] == ["a.md"]
    assert [(each.path, each.temporary) for each in found.skipped] == [("b", True)]


def test_our_own_files_are_neither_read_nor_listed(tmp_path: Path) -> None:
    found = scan(corpus_of(tmp_path, "a.md", ".citewell-x/b.md", rules={"": "!.*\n"}))
    assert [each.path for each in found.files] == ["a.md"]
    assert found.excluded == ()


def test_what_decides_about_files_has_other_words_when_it_changes(tmp_path: Path) -> None:
    def identity(kind: str = "other", *patterns: str, **sizes: float) -> str:
        return Excluding(tmp_path, selection(*patterns, **sizes), {".txt": kind}).identity("")

    found = [
        identity(),
        identity("code"),
        identity("other", "a b"),
        identity("other", " a b"),
        identity("other", "!a b"),
        identity("other", other=3),
    ]
    assert len({*found}) == len(found)
    assert identity() == identity()
