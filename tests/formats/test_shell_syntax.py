"""Whether bash can parse a command: what is accepted, bash accepts; what is surely not parsed, bash rejects."""

from __future__ import annotations

import random
import shutil
import subprocess

import pytest

from mlinfra.formats.shell_syntax import why_not_parsed

BASH = shutil.which("bash")
ACCEPTED = (
    "python -m pytest tests",
    "python -m pytest -q 'tests/a b' --junitxml=out.xml",
    'python -c "print(1)"; echo "it\'s done"',
    "make test && make lint || exit 1",
    "pytest tests/test_a.py::test_b[x-y] -k 'not slow and (fast or small)'",
    "if test -f a; then python a.py; elif [ -d b ]; then true; else false; fi",
    "for each in tests/*.py; do python $each; done",
    "while read line; do echo $line; done <input.txt >out 2>&1",
    "until false; do break; done",
    "case $BUILD_REASON in PullRequest|Manual) echo a ;; (*) echo b; esac",
    "( cd tests && ls ) | sort | uniq -c >&2",
    "{ python a.py; python b.py; } &>log.txt",
    "[[ -f a && ! ( $b == x* || $c < d ) ]] || exit 3",
    "diff <(sort a) <(sort b 2>/dev/null)",
    "check() { python check.py; }; check",
    "time -p python a.py",
    "! grep -r TODO src",
    "echo `date` \"`hostname`\" $'a\\'b'",
    "A=1 B='x y' python a.py {1,2} # done",
    "cat <<<'some text' 3>&1 2>&-",
    "echo } fi then done",
    'echo $(date) "$(hostname)" $((1 + (2 * $N))) ${A:-x y} "${B%.*}" ${C[1]} ${#D}',
    'x=$(curl -s "$U" | python -c "import sys; print(\'a\')")\ntest -n "$x"',
    'python -m pytest \\\n  -q tests \\\n  -k "a \\\n b"\n',
    "set -e\n\n# don't\nif [ -f a ]\nthen\n  python a.py # it's\nelse\n  exit 1\nfi",
    "for each in a b\ndo\n  echo $each\ndone\nfor x\ndo y; done\nfor x\nin a; do y; done",
    "case $A in\n  a) echo a\n    ;;\n\n  b | c)\n    echo b ;;\nesac",
    "a &&\n  b ||\n# why\nc |\n  d",
    "f() {\n  echo $1\n}\nf a\n(\n  cd x\n  ls\n)",
    "cat <<EOF >f\nit's $x\nEOF\necho 'a'",
    "cat <<-'EOF' && b\n\tit's\n\tEOF\n",
    'args=(--a \'b c\' # no\n  "$d" $(e))\npython a.py "${args[@]}"',
    "A=1 args+=(x) B=2",
    "echo $() $(a; b) $( (c) ) $(d | (e && f))",
    "diff <(sort $(ls a)) <(sort b)\n",
    "while read -r l\ndo\n  :\ndone < <(ls)",
)
REJECTED = {
    "python -m pytest 'tests": "a ' that nothing closes",
    'python -m pytest "tests': 'a " that nothing closes',
    "echo `date": "a ` that nothing closes",
    "echo $'a": "a ' that nothing closes",
    "echo a \\": "a \\ at the end belongs into a script",
    "( echo a": "it ends without )",
    "echo a )": "unexpected )",
    "echo a (b)": "unexpected (",
    "if true; then echo a": "it ends without elif",
    "if true; echo a; fi": "unexpected fi",
    "for x in a b; echo x; done": "echo where do is to come",
    "for 1 in a; do b; done": "1 as a name belongs into a script",
    "while true; do a": "it ends without done",
    "case a in b) c": "it ends without ;;",
    "{ a }": "it ends without }",
    "a &&": "it ends where a command is to come",
    "a |": "it ends where a command is to come",
    "a ;; b": "unexpected ;;",
    "a ; ; b": "unexpected ;",
    "&& a": "unexpected &&",
    "a >": "it ends too early",
    "a > ; b": "unexpected ;",
    "then a": "unexpected then",
    "done": "unexpected done",
    "}": "unexpected }",
    "[[ a == ]]": "unexpected ]]",
    "[[ -f a": "it ends without ]]",
    "diff <(sort a": "a <( that nothing closes",
    "cat <<EOF": "a here-document that nothing ends belongs into a script",
    "cat <<EOF\nit's\n": "a here-document that nothing ends belongs into a script",
    "echo a=(1 2)": "an array that is not assigned belongs into a script",
    "a=(b=(1))": "an array belongs into a script",
    "a=(1": "an array that nothing closes",
    "ls !(a)": "!( belongs into a script",
    "a\rb": "a control character belongs into a script",
    "echo $(date": "a $( that nothing closes",
    'echo "$(date"': 'a " that nothing closes',
    "echo $(date # now)": "a $( that nothing closes",
    "echo $(echo 'a)": "a ' that nothing closes",
    "echo $(if a; then b)": "it ends without elif",
    "echo ${A": "a ${ that nothing closes",
    'echo "${A:-x"': 'a " that nothing closes',
    "echo $((1 + 2": "a $(( that nothing closes",
    'echo "${A:-it\'s}"': "a ' in ${…} in quotes belongs into a script",
    "echo $(case a in a) b;; esac)": "case in $( belongs into a script",
    "echo $[1]": "$[ belongs into a script",
    "echo ${ date; }": "${ with a command belongs into a script",
    "python a.py\necho 'b\nc": "a ' that nothing closes",
    "if a\nthen\n  b": "it ends without elif",
    "a\n&& b": "unexpected &&",
    "a;\n; b": "unexpected ;",
    "a &\\\n& b": "an operator over two lines belongs into a script",
    "[[ -f a &&\n-f b ]]": "[[ over several lines belongs into a script",
    "\n# nothing\n": "a command that is only a comment belongs into a script",
    "$(" * 5_000: "a command within more than 40 others belongs into a script",
    "${" * 5_000: "a command within more than 40 others belongs into a script",
    '"$(' * 5_000: "a command within more than 40 others belongs into a script",
    "a=(" * 5_000: "an array belongs into a script",
    "a " * 60_000: "what has more than 100,000 characters belongs into a script",
    "# nothing": "a command that is only a comment belongs into a script",
    "(" * 60 + "a" + ")" * 60: "(( belongs into a script",
    "( " * 60 + "a" + " )" * 60: "a command within more than 40 others belongs into a script",
    "{ " * 60 + "a" + "; }" * 60: "a command within more than 40 others belongs into a script",
}


@pytest.mark.parametrize("command", ACCEPTED)
def test_a_command_that_bash_can_parse_is_one(command: str) -> None:
    assert why_not_parsed(command) is None
    assert _is_parsed(command)


@pytest.mark.parametrize(("command", "why"), REJECTED.items(), ids=[each[:30] for each in REJECTED])
def test_any_other_is_rejected(command: str, why: str) -> None:
    assert why_not_parsed(command) == why
    if "belongs into a script" not in why:
        assert not _is_parsed(command)
        assert why_not_parsed(command, only_sure=True) == why
    else:
        assert why_not_parsed(command, only_sure=True) is None


PARTS = (
    *("a", "b c", "'x'", '"y"', "'", '"', "`", "$x", "$'", "\\", "\\ ", "(", ")", "{", "}", "if", "then", "fi", "else"),
    *(
        "elif",
        "for",
        "i",
        "in",
        "do",
        "done",
        "while",
        "case",
        "esac",
        "x)",
        ";;",
        ";",
        "&",
        "&&",
        "||",
        "|",
        "|&",
        ">",
    ),
    *("<", "2>&1", ">&2", ">f", "<(", "!", "time", "-p", "[[", "]]", "-f", "==", "=", "#", "#c", "$", "f()", "()"),
    *(
        "{a,b}",
        "a=1",
        "=~",
        "<<<",
        "&>",
        "function",
        "[",
        "]",
        "until",
        "*",
        "?",
        "~",
        "`a`",
        "x=`b`",
        "a#b",
        "1",
        "&>>",
    ),
    *("<>", ";&", "select", "((", "))", "a=(", "coproc", '"`', "<<E", "$[", "{fd}", '"a `b \\"c\\"` d"', "a[", "a[1]="),
    *(
        "\n",
        "\n",
        "\\\n",
        "$(",
        "$(a)",
        '"$(',
        '"${',
        "${a}",
        "${",
        "$((",
        "$((1))",
        "a=(",
        "<<E\n",
        "\nE\n",
        "# it's\n",
    ),
)


@pytest.mark.skipif(BASH is None, reason="needs bash")
@pytest.mark.parametrize("seed", range(4))
def test_what_is_accepted_bash_parses(seed: int) -> None:
    """Of thousands of commands made of such parts; a line after each is a command of its own."""
    chosen = random.Random(seed)
    made = (
        "".join(chosen.choice(PARTS) + chosen.choice(("", " ", " ")) for _ in range(chosen.randint(1, 9))).strip()
        for _ in range(3_000)
    )
    accepted = sorted({each for each in made if why_not_parsed(each) is None})
    assert len(accepted) > 100
    together = "".join(f"{{\n{each}\n}}\n" for each in accepted)
    if not _is_parsed(together):
        assert [each for each in accepted if not _is_parsed(f"{{\n{each}\n}}")] == []


@pytest.mark.skipif(BASH is None, reason="needs bash")
@pytest.mark.parametrize("seed", range(4))
def test_what_surely_is_not_parsed_bash_does_not_parse(seed: int) -> None:
    """Of a hundred commands made of such parts, each by itself."""
    chosen = random.Random(seed + 100)
    made = (
        "".join(chosen.choice(PARTS) + chosen.choice(("", " ", " ")) for _ in range(chosen.randint(1, 9))).strip()
        for _ in range(600)
    )
    rejected = sorted({each for each in made if why_not_parsed(each, only_sure=True) is not None})[:100]
    assert len(rejected) == 100
    assert [each for each in rejected if _is_parsed(each)] == []


def _is_parsed(command: str) -> bool:
    assert BASH is not None
    text = f"set -euo pipefail\n{command}\n"
    done = subprocess.run([BASH, "-n"], input=text.encode(), capture_output=True, check=False)
    return done.returncode == 0 and not done.stderr
