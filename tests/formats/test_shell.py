import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader

from mlinfra import formats
from mlinfra.formats.jinja import LANGUAGES, environment
from mlinfra.formats.shell import shell_comment, shell_literal

SHELL = next(language for language in LANGUAGES if language.suffix == ".sh.j2")
TELLING_CHARACTERS = "'\"$`\\!*?[]{}()|&;<>#~%^= \n\t\r\x01\x7f\u202eéä😀aA019-_/"

# Every place in which a template may put a word; the text has to come out of each.
SCRIPT = """\
# {{ text }}
{{ text | comment }}
assigned={{ text }}
list=({{ text }} {{ [text, text] }})
print() {
  printf '%s\\0' "$@"
}
print "$assigned" {{ text }} "${list[@]}" # {{ text }}
[[ "$assigned" == {{ text }} ]]
print {{ text }}
"""


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("rg-churn-dev", "'rg-churn-dev'"),
        ("", "''"),
        ("it's $(x) `y` \\ !", "'it'\\''s $(x) `y` \\ !'"),
        ("a\nb'\\", "$'a\\nb\\'\\\\'"),
        ("a\\", "$'a\\\\'"),  # 'a\' is, to shellcheck, an attempt to escape the quote
        ("\x01" + "1", "$'\\0011'"),
        ("a\u202eb", "$'a\\342\\200\\256b'"),
        (7, "7"),
        (0.8, "0.8"),
        (True, "true"),
        (["a", "b c", 1], "'a' 'b c' 1"),
        ([], ""),
    ],
)
def test_a_value_is_a_word(value: object, printed: str) -> None:
    assert shell_literal(value) == printed


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("a\0b", ValueError, "text with the character NUL can't be a word of a shell script"),
        ("\ud800", ValueError, "U+D800 is half a character: text with it can't be written as UTF-8"),
        (None, TypeError, "None is no word of a shell script"),
        ({"a": 1}, TypeError, "{'a': 1} is no word of a shell script"),
    ],
)
def test_what_is_no_word_is_refused(value: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as raised:
        shell_literal(value)
    assert str(raised.value) == message


def test_a_comment_is_one_line_with_its_mark() -> None:
    assert shell_comment("made for a\nb\r\u2028c") == "# made for a b c"
    assert shell_comment(" \n") == "#"


@settings(max_examples=10)
@given(st.lists(st.one_of(st.text(TELLING_CHARACTERS, max_size=12), st.text(max_size=12)), min_size=20, max_size=20))
def test_bash_reads_any_text_as_that_text(texts: list[str]) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("needs bash")
    words = [text.replace("\0", "") for text in texts]
    template = environment(SHELL, DictLoader({"t.sh.j2": SCRIPT})).get_template("t.sh.j2")
    script = "set -euo pipefail\n" + "".join(template.render(text=word) for word in words)
    ran = subprocess.run([bash, "-s"], input=script.encode(), capture_output=True, check=False)
    assert ran.stderr.decode() == ""
    assert ran.stdout.decode().split("\0")[:-1] == [word for word in words for _ in range(6)]


TEMPLATES = Path(formats.__file__).parent / "templates"


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.sh.j2")), ids=lambda path: path.name)
def test_a_template_puts_values_only_where_a_word_may_stand(template: Path) -> None:
    assert misplaced_values(template.read_text(encoding="utf-8")) == []


def test_values_in_quotes_and_in_here_documents_are_misplaced() -> None:
    script = """\
echo {{ a }} --x={{ a }} 'it' "x" ({{ a }})
echo "{{ b }}" "a {{ b }}" 'x {{ b }}'
cat <<END
{{ c }}
END
echo {{ a }}
"""
    assert misplaced_values(script) == ["2: {{ b }}", "2: {{ b }}", "2: {{ b }}", "4: {{ c }}"]


def misplaced_values(script: str) -> list[str]:
    """Values between quotes or in a here-document, by line: there the quotes of a literal would mean something else."""
    found: list[str] = []
    end_of_document = ""
    for number, line in enumerate(script.splitlines(), start=1):
        for value in re.finditer(r"\{\{.*?\}\}", line):
            before = re.sub(r"\{\{.*?\}\}|\\\\.", "", line[: value.start()])
            open_quote = re.sub(r"'[^']*'|\"[^\"]*\"", "", before)
            if end_of_document or "'" in open_quote or '"' in open_quote:
                found.append(f"{number}: {value.group()}")
        if end_of_document:
            end_of_document = "" if line.strip() == end_of_document else end_of_document
        elif here := re.search(r"<<-?\s*['\"]?(\w+)", line):
            end_of_document = here.group(1)
    return found
