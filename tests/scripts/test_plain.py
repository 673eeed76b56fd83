"""What anybody may have written, in a log: text in, text out, and no command of Azure Pipelines or GitHub in it."""

from __future__ import annotations

import re
import select
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlinfra.pipelines.scripts import scripts
from tests.scripts.example import PLATFORM

CASES = [
    ("", ""),
    ("\n", "\n"),
    ("deployed 3 of 3 (100 %)", "deployed 3 of 3 (100 %)"),
    ("größer, 日本語, 👍", "größer, 日本語, 👍"),
    ("👩‍💻, می‌خواهم", "👩‍💻, می‌خواهم"),
    ("a\tb", "a\tb"),
    ("issue #123, C# and # comment", "issue #123, C# and # comment"),
    ("a::b, std::string, fe80::1", "a::b, std::string, fe80::1"),
    ("12:30: done", "12:30: done"),
    ("no end of line\nx", "no end of line\nx"),
    # Azure Pipelines: anywhere in a line
    ("##vso[task.complete]", "# # vso[task.complete]"),
    ("x ##vso[task.complete] y", "x # # vso[task.complete] y"),
    ("###vso[x]", "# # # vso[x]"),
    ("####vso[x]", "# # # # vso[x]"),
    ("#####vso[x]", "# # # # # vso[x]"),
    ("#" * 9 + "[x]", "# " * 9 + "[x]"),
    ("# #vso[x]", "# # vso[x]"),
    ("##VSO[x]", "# #VSO[x]"),
    ("##v##vso[x]so[x]", "# # v# # vso[x]so[x]"),
    ("##[error]x", "# # [error]x"),
    ("a###[section]x", "a# # # [section]x"),
    ("##[set-env name=PATH]x", "# # [set-env name=PATH]x"),
    ("#vso[x]", "# vso[x]"),
    ("#[x]", "# [x]"),
    ("##vso", "# # vso"),
    ("##", "# #"),
    # GitHub: where a line begins
    ("::error::x", ": :error::x"),
    ("  ::error::x", "  : :error::x"),
    ("\t::set-output name=a::x", "\t: :set-output name=a::x"),
    (":::error::x", ": ::error::x"),
    ("::::", ": :::"),
    ("a\n::add-mask::x", "a\n: :add-mask::x"),
    ("\u00a0::error::x", "\u00a0: :error::x"),
    ("\u2003::error::x", "\u2003: :error::x"),
    ("é::x", "é: :x"),
    (": :error::x", ": :error::x"),
    # other ends of lines
    ("a\r##vso[x]", "a\n# # vso[x]"),
    ("a\r::error::x", "a\n: :error::x"),
    ("a\r\n::error::x", "a\n\n: :error::x"),
    ("#\r#vso[x]", "#\n# vso[x]"),
    ("a\v::error::x", "a?::error::x"),
    ("\v::error::x", "?::error::x"),
    ("\f::error::x", "?::error::x"),
    ("\x85::error::x", "?::error::x"),
    ("\u2028::error::x", "?::error::x"),
    ("\u2029::error::x", "?::error::x"),
    # what nobody sees
    ("#\0#vso[x]", "#?# vso[x]"),
    ("#\x01#vso[x]", "#?# vso[x]"),
    ("##\u200bvso[x]", "# #?vso[x]"),
    ("#\u200d#vso[x]", "#?# vso[x]"),
    ("#\u200d\u200c\u200d#vso[x]", "#?# vso[x]"),
    ("#\u200b\u200d#vso[x]", "#??# vso[x]"),
    ("#é\u200d#vso[x]", "# é\u200d# vso[x]"),
    ("\u200d::error::x", "?::error::x"),
    ("é\u200d::error::x", "é\u200d: :error::x"),
    ("##v\u00adso[x]", "# # v?so[x]"),
    ("#\ufeff#vso[x]", "#?# vso[x]"),
    ("#\ufe0f#vso[x]", "# \ufe0f# vso[x]"),
    ("#\u034f#vso[x]", "# \u034f# vso[x]"),
    ("#\U000e0020#[x]", "# \U000e0020# [x]"),
    ("#\t#vso[x]", "# \t# vso[x]"),
    ("\u200b::error::x", "?::error::x"),
    (":\u200b:error::x", ":?:error::x"),
    (":\ufe0f:error::x", ": \ufe0f:error::x"),
    ("\ufe0f::error::x", "\ufe0f: :error::x"),
    ("\ufeff##vso[x]", "?# # vso[x]"),
    ("\u202etxt.exe", "?txt.exe"),
    ("\u2066a\u2069", "?a?"),
    ("\x1b[31mred\x1b[0m", "?[31mred?[0m"),
    ("\x1b]0;title\x07", "?]0;title?"),
    ("\x9b31m", "?31m"),
    ("#\x1b[0m#vso[x]", "#?[0m# vso[x]"),
    ("a\x7fb\x08c", "a?b?c"),
]
RAW_CASES = [
    (b"#\xff#vso[x]", b"# \xff# vso[x]"),
    (b"#\xc2#vso[x]", b"# \xc2# vso[x]"),
    (b"\xc0\xa3#vso[x]", b"\xc0\xa3# vso[x]"),
    (b"\xe2\x80::error::x", b"\xe2\x80: :error::x"),
    ("##vso[x]".encode("utf-16"), b"\xff\xfe#?#?v?s?o?[?x?]?"),
    (b"x" * 200_000 + b"##vso[x]", b"x" * 200_000 + b"# # vso[x]"),
    (b"#" * 20_000 + b"vso[x]", b"# " * 20_000 + b"vso[x]"),
]
# What the agents read: whatever is not printable ASCII may count for nothing, or for white space.
_UNSEEN = re.compile(rb"[^ -~]")
_COMMAND = re.compile(rb"##|#v|#\[|^ *::")


# The tools of other systems, made of ours; by what stands first they tell whether they know an option.
_SED, _TR = 'exec /bin/sed "$@"', 'exec /usr/bin/tr "$@"'
TOOLS = {
    "GNU": {},
    "GNU without stdbuf": {"stdbuf": "exit 127"},
    "BSD": {
        "sed": f'case "$1" in --* | -u) exit 1 ;; -l) shift; set -- -u "$@" ;; esac; {_SED}',
        "tr": f'case "$1" in --*) exit 1 ;; -u) shift; exec /usr/bin/stdbuf -o0 /usr/bin/tr "$@" ;; esac; {_TR}',
    },
    "others": {
        "sed": f'case "$1" in --version) echo This is not GNU sed version 4.0 ;; -[lu]) exit 1 ;; esac; {_SED}',
        "tr": f'case "$1" in -*) exit 1 ;; esac; case "$2" in *[*]*) exit 1 ;; esac; {_TR}',
    },
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plain") / "scripts"
    folder.mkdir()
    (folder / "lib.sh").write_text(scripts(PLATFORM)["lib.sh"])
    for origin, tools in TOOLS.items():
        (folder / origin).mkdir()
        for name, script in tools.items():
            (folder / origin / name).write_text(f"#!/bin/bash\n{script}\n")
            (folder / origin / name).chmod(0o755)
    return folder


def _started(
    folder: Path, tools: str, locale: str = "C.UTF-8", command: str = '. "$1/lib.sh"; plain'
) -> subprocess.Popen[bytes]:
    environment = {"PATH": f"{folder / tools}:/usr/bin:/bin", "LC_ALL": locale, "TMPDIR": str(folder)}
    return subprocess.Popen(
        ["bash", "-c", command, "bash", str(folder)], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def _plain(folder: Path, text: bytes, tools: str = "GNU", locale: str = "C.UTF-8") -> bytes:
    with _started(folder, tools, locale) as started:
        output, _ = started.communicate(text)
    assert started.returncode == 0
    return output


def _holds_a_command(output: bytes) -> bool:
    return any(_COMMAND.search(_UNSEEN.sub(b"", line)) for line in re.split(rb"[\r\n]", output))


@pytest.mark.parametrize("tools", TOOLS)
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_text_of_others_stays_text(folder: Path, locale: str, tools: str) -> None:
    """One after the other in one stream: no case begins as the one before it ended."""
    cases = [(text.encode(), plain.encode()) for text, plain in CASES] + RAW_CASES
    mark = b"\n--\n"
    output = _plain(folder, mark.join(text for text, _ in cases), tools, locale).split(mark)
    assert output == [plain for _, plain in cases]


@pytest.mark.parametrize("tools", ["GNU", "GNU without stdbuf", "BSD"])
def test_a_line_is_shown_when_it_is_said(folder: Path, tools: str) -> None:
    with _started(folder, tools) as started:
        assert started.stdin
        assert started.stdout
        started.stdin.write(b"waiting for the deployment\n")
        started.stdin.flush()
        is_there, _, _ = select.select([started.stdout], [], [], 20)
        line = started.stdout.readline() if is_there else b""
        started.stdin.close()
    assert line == b"waiting for the deployment\n"


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="only Linux counts the calls")
def test_a_log_is_read_in_blocks(folder: Path) -> None:
    """The kernel counts the calls to read of a shell and of what it waited for; of a byte each it were 100,000."""
    count = '. "$1/lib.sh"; printf "%099d\\n" {1..1000} | plain >/dev/null; grep syscr "/proc/$$/io"'
    with _started(folder, "GNU", command=count) as started:
        output, _ = started.communicate()
    assert int(output.split()[-1]) < 5_000


def test_no_end_of_a_line_is_needed(folder: Path) -> None:
    for text, plain in (*CASES[:12], *CASES[20:28]):
        assert _plain(folder, text.encode()) == plain.encode()


def test_plain_text_stays_as_it_is(folder: Path) -> None:
    once = b"\n".join(plain.encode() for _, plain in CASES)
    assert _plain(folder, once) == once


_IS_PLAIN = """. "$1/lib.sh"
while IFS= read -r -d '' text; do
  if is_plain "${text}"; then printf '%s\\0' "${text}"; fi
done
"""


def _passed_on(folder: Path, texts: list[str]) -> list[str]:
    """Those of them that the scripts say without asking sed."""
    with _started(folder, "GNU", command=_IS_PLAIN) as started:
        output, _ = started.communicate("".join(f"{text}\0" for text in texts).encode())
    assert started.returncode == 0
    return output.decode().split("\0")[:-1]


def test_what_is_said_without_sed_is_what_sed_leaves_as_it_is(folder: Path) -> None:
    texts = [text for text, _ in CASES if "\0" not in text]
    texts += [f"{before}{text}" for before in ("a", "a ", "a\n") for text in texts]
    texts += [
        "Code: Conflict",
        'ERROR: (A) b\nCode: A\nMessage: it\'s "b" (c)',
        "a\nb\nc",
        "a\n\nb",
        "a" * 1000,
        "a" * 1001,
    ]
    passed = _passed_on(folder, texts)
    assert [text for text in passed if text not in texts] == []
    assert {"Code: Conflict", "a\nb\nc", "a" * 1000, "a12:30: done"} <= set(passed)
    assert not {"a" * 1001, "a\n::::", "a##", "a::error::x\n ::b"} & set(passed)
    assert [_plain(folder, text.encode()).decode() for text in ("\n--\n".join(passed),)] == ["\n--\n".join(passed)]


@pytest.mark.parametrize("version", ["3", "99"])
def test_lower_case_is_that_of_ascii_in_any_bash(tmp_path: Path, version: str) -> None:
    """What bash 3.2 does is done by any other that is held to be as old."""
    asks = "((BASH_VERSINFO[0] > 3))"
    library = scripts(PLATFORM)["lib.sh"]
    assert asks in library
    (tmp_path / "lib.sh").write_text(library.replace(asks, f"((BASH_VERSINFO[0] > {version}))"))
    command = """. "$1/lib.sh"
for text in 'aB-Ä É_Z' 'ab ä' '' 'A b'; do lower "${text}"; printf '%s|' "${lowered}"; done"""
    for locale in ("C", "C.UTF-8"):
        with _started(tmp_path, "GNU", locale, command) as started:
            output, _ = started.communicate()
        assert output.decode() == "ab-Ä É_z|ab ä||a b|"


def test_what_was_judged_holds_no_command_and_what_was_not_does(folder: Path) -> None:
    assert not any(_holds_a_command(plain.encode()) for _, plain in CASES)
    assert _holds_a_command(b"a\r\xe2\x80\x8b::error::x")
    assert _holds_a_command(b"#\xe2\x80\x8b#vso[x]")


_PIECES = ("#", "##", "vso[", "[", "::", ":", " ", "\t", "\r", "\n", "\0", "\x1b", "\x85", "\u200b", "\u2028", "é", "x")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join), max_size=60))
def test_no_mixture_forms_a_command(folder: Path, lines: list[str]) -> None:
    output = _plain(folder, "\n".join(lines).encode())
    assert not _holds_a_command(output), output
