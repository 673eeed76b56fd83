"""Changes of a document's text: what an editor, a merge, or somebody who knows YAML too well would do to it."""

from __future__ import annotations

from random import Random

from tests.hunt.draft import Draft
from tests.hunt.hostile import TEXTS

YAML = (
    *(
        "*a",
        "&a ",
        "!!str ",
        "!x ",
        "<<: *a",
        "<<: {a: 1}",
        "? ",
        "- ",
        ": ",
        "# ",
        "#",
        "|",
        ">",
        "|2-\n",
        "'",
        '"',
        "{",
        "}",
        "[",
        "]",
    ),
    *(
        "\t",
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        " ",
        "  ",
        "---\n",
        "...\n",
        "%YAML 1.1\n---\n",
        "\ufeff",
        "\u2028",
        "\x85",
        "\0",
        "\x1b",
        "\ufffe",
    ),
    *(
        "!!binary aGk=",
        "!!set {a}",
        "!!float 1",
        "!!int x",
        "!!null ''",
        "&a [*a]",
        "&a {b: *a}",
        "0x_",
        "0b2",
        "1:60",
        "1e999",
        "9" * 400,
    ),
    *(
        "[" * 60,
        "{a: " * 40,
        "- " * 200,
        "# mlinfra: ignore MLI434 because x",
        "# mlinfra: ignore",
        "# mlinfra: ignore MLI999 because \u202e",
    ),
)
BOMB = "".join(f"x-{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 10) if n else 'x'}]\n" for n in range(10))


def text_change(random: Random, draft: Draft) -> str | None:
    """A document's text after one edit."""
    document = random.choice((draft.example.spec, random.choice(draft.example.documents)))
    text = draft.settle(document).decode("utf-8", "surrogateescape")
    edit = random.choice(
        (_insert, _insert, _delete, _repeat, _exchange, _indent, _cut, _line_ends, _comment, _bomb, _bytes)
    )
    changed, what = edit(random, text)
    draft.files[document] = changed.encode("utf-8", "surrogateescape")
    return f"{document}: {what}"


def _insert(random: Random, text: str) -> tuple[str, str]:
    at = random.randint(0, len(text))
    fragment = random.choice((*YAML, random.choice(TEXTS)))
    return text[:at] + fragment + text[at:], f"{fragment!r:.80} at {at}"


def _delete(random: Random, text: str) -> tuple[str, str]:
    at, count = random.randint(0, len(text)), random.choice((1, 1, 2, 5, 20, 100))
    return text[:at] + text[at + count :], f"{count} characters less at {at}"


def _repeat(random: Random, text: str) -> tuple[str, str]:
    lines = text.split("\n")
    at, count = random.randrange(len(lines)), random.randint(1, 5)
    return "\n".join(
        (*lines[: at + count], *lines[at : at + count], *lines[at + count :])
    ), f"{count} lines twice at {at}"


def _exchange(random: Random, text: str) -> tuple[str, str]:
    lines = text.split("\n")
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return "\n".join(lines), f"lines {one} and {other} change places"


def _indent(random: Random, text: str) -> tuple[str, str]:
    lines = text.split("\n")
    at, margin = random.randrange(len(lines)), random.choice((" ", "  ", "    ", "\t", "\u00a0"))
    lines[at] = margin + lines[at] if random.random() < 0.5 else lines[at].lstrip()
    return "\n".join(lines), f"line {at} moves"


def _cut(random: Random, text: str) -> tuple[str, str]:
    at = random.randint(0, len(text))
    return text[:at], f"ends at {at}"


def _line_ends(random: Random, text: str) -> tuple[str, str]:
    end = random.choice(("\r\n", "\r", "\n\r", "\u2028", "\x85"))
    return text.replace("\n", end), f"lines end in {end!r}"


def _comment(random: Random, text: str) -> tuple[str, str]:
    lines = text.split("\n")
    at = random.randrange(len(lines))
    lines[at] += f" # mlinfra: ignore MLI{random.randint(100, 999)} because {random.choice(TEXTS)[:80]}".replace(
        "\n", " "
    )
    return "\n".join(lines), f"a comment on line {at}"


def _bomb(random: Random, text: str) -> tuple[str, str]:
    return text + "\n" + BOMB, "an alias bomb"


def _bytes(random: Random, text: str) -> tuple[str, str]:
    at = random.randint(0, len(text))
    raw = random.choice((b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xff\xfe", b"\x00"))
    return text[:at] + raw.decode("utf-8", "surrogateescape") + text[at:], f"bytes {raw!r} at {at}"
