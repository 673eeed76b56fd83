import sys
from pathlib import Path
from typing import Any

import pytest
from jinja2 import DictLoader, TemplateAssertionError, UndefinedError
from markupsafe import Markup

from mlinfra.formats.fragment import Fragment
from mlinfra.formats.jinja import environment, language_of, render
from mlinfra.formats.kept_templates import KeptTemplates


def _render(name: str, source: str, **context: Any) -> str:
    loader = DictLoader({name: source, f"part.{name}": "[{{ text }}]"})
    return environment(language_of(name), loader).get_template(name).render(context)


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("x={{ text }}\n", "x='a$(b)<'\n"),
        ("{{ 'a constant' }} {{ 1 }} {{ 'a' ~ 1 }}", "'a constant' 1 'a1'"),
        ("{{ texts | join(', ') }}", "'a$(b)<, c'"),
        ("{{ [fragment, text] | join }}", "'$*a$(b)<'"),
        ("{{ fragment }}", "$*"),
        ("{{ fragment ~ text }}", "'$*a$(b)<'"),
        ("{{ fragment + text }}", "'$*a$(b)<'"),
        ("{{ fragment | upper }} {{ fragment[:1] }} {{ '%s' | format(fragment) }}", "'$*' '$' '$*'"),
        ("{{ text if texts else fragment }}", "'a$(b)<'"),
        ("{% for t in texts %}\n  {{ t }}\n{% endfor %}\n", "  'a$(b)<'\n  'c'\n"),
        ("{% include 'part.t.sh.j2' %}", "['a$(b)<']"),
        ("{% autoescape false %}{{ text }}{% endautoescape %}", "'a$(b)<'"),
        ("{% filter upper %}{{ text }}{% endfilter %}", "'A$(B)<'"),
        ("a\n{{ text | comment }}\n", "a\n# a$(b)<\n"),
    ],
)
def test_every_value_is_printed_as_a_literal(source: str, printed: str) -> None:
    context = {"text": "a$(b)<", "texts": ["a$(b)<", "c"], "fragment": Fragment("$*")}
    assert _render("t.sh.j2", source, **context) == printed


@pytest.mark.parametrize(
    "source",
    [
        "{{ markup }}",
        "{{ [markup, text] | join }}",
        "{{ markup ~ text }}",
        "{% macro m(t) %}x{% endmacro %}{{ m(text) ~ text }}",
        "{% set block %}x{% endset %}{{ block }}",
    ],
)
def test_what_claims_to_be_printed_already_is_refused(source: str) -> None:
    with pytest.raises(TypeError, match=r"claims to be printed already; only a Fragment is$"):
        _render("t.sh.j2", source, text="$(b)", markup=Markup("x"))


@pytest.mark.parametrize("name", ["e", "escape", "forceescape", "random", "safe", "tojson", "urlize", "xmlattr"])
def test_filters_that_would_pass_a_value_as_it_is_do_not_exist(name: str) -> None:
    with pytest.raises(TemplateAssertionError, match=f"^No filter named '{name}'"):
        _render("t.sh.j2", f"{{{{ text | {name} }}}}", text="a")


@pytest.mark.parametrize("source", ["{{ missing }}", "{{ text.missing }}", "{% if missing %}{% endif %}"])
def test_a_name_that_is_missing_is_an_error(source: str) -> None:
    with pytest.raises(UndefinedError, match="missing"):
        _render("t.sh.j2", source, text="a")


def test_the_name_of_a_template_tells_its_language() -> None:
    assert _render("t.md.j2", "{{ text }} {{ text | code }}", text="a*b") == "a\\*b `a*b`"
    suffixes = r"\.sh\.j2, \.md\.j2, \.html\.j2"
    with pytest.raises(ValueError, match=rf'^"t.yml.j2" is no template: its name ends with none of {suffixes}$'):
        render("t.yml.j2", {})


def _render_with_kept(folder: Path, source: str, settings: str = "") -> str:
    made = environment(language_of("t.sh.j2"), DictLoader({"t.sh.j2": source}))
    made.bytecode_cache = KeptTemplates(folder, settings)
    return made.get_template("t.sh.j2").render(text="$(b)")


def _kept(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture
def writes_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)


@pytest.mark.usefixtures("writes_bytecode")
def test_a_template_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _render_with_kept(tmp_path, "a {{ text }}")
    monkeypatch.setattr("jinja2.Environment.compile", lambda *_: pytest.fail("it was compiled"))
    assert [first, _render_with_kept(tmp_path, "a {{ text }}")] == ["a '$(b)'", "a '$(b)'"]


@pytest.mark.usefixtures("writes_bytecode")
@pytest.mark.parametrize("content", [b"", b"no code", b"\xe3", b"\xe9\x01\x00\x00\x00", None], ids=ascii)
def test_what_is_kept_damaged_is_compiled_anew(tmp_path: Path, content: bytes | None) -> None:
    _render_with_kept(tmp_path, "a {{ text }}")
    before = _kept(tmp_path)
    (file, whole), *_ = before.items()
    file.write_bytes(whole[: len(whole) // 2] if content is None else content)
    assert (_render_with_kept(tmp_path, "a {{ text }}"), _kept(tmp_path)) == ("a '$(b)'", before)


@pytest.mark.usefixtures("writes_bytecode")
def test_other_text_and_other_settings_are_compiled_anew(tmp_path: Path) -> None:
    assert _render_with_kept(tmp_path, "a {{ text }}") == "a '$(b)'"
    before = _kept(tmp_path)
    assert _render_with_kept(tmp_path, "b {{ text }}") == "b '$(b)'"
    assert _kept(tmp_path).keys() == before.keys()
    assert _render_with_kept(tmp_path, "a {{ text }}") == "a '$(b)'"
    assert _kept(tmp_path) == before
    assert _render_with_kept(tmp_path, "a {{ text }}", "trim_blocks: False") == "a '$(b)'"
    assert _kept(tmp_path) != before


def test_nothing_is_kept_where_python_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert (_render_with_kept(tmp_path, "a {{ text }}"), _kept(tmp_path)) == ("a '$(b)'", {})


@pytest.mark.usefixtures("writes_bytecode")
def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert _render_with_kept(tmp_path / "file", "a {{ text }}") == "a '$(b)'"
