"""The summary of a what-if as Markdown: what Azure says in it is code, none of it a link, an image or HTML."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.scripts.harness import Azure

HOSTILE = (
    "[text](https://evil.example)",
    "![image](https://evil.example/x.png)",
    "<https://evil.example>",
    "https://evil.example www.evil.example a@evil.example",
    "[a][b]\n\n[b]: https://evil.example",
    "<img src=https://evil.example onerror=alert(1)>",
    "<script>alert(1)</script> <!-- x",
    "</code></td></table><h1>x",
    "`[a](https://evil.example)`",
    "`` ` [a](https://evil.example) ` ``",
    "x` <b>b</b> `y",
    "\\` <b>b</b>",
    "a | b | [c](https://evil.example)",
    "a \\| [c](https://evil.example)",
    "a \\\\| [c](https://evil.example)",
    "` | ` <b>b</b>",
    "ends with \\",
    "ends with `",
    "` starts",
    "``` js\n<b>x</b>\n```",
    "~~~\nx",
    "a\n# heading\n- list\n> quote\n| a |\n|---|\n| b |",
    "a\r\n<b>x</b>",
    "a\u2028<b>x</b>\u0085<i>",
    "@someone #123 !45 AB#6 :train: $x^2$ [[wiki]] *a* _b_ ~~c~~",
    "##vso[task.complete] ###[x] ::error::x",
    "&lt;b&gt; &#60;i&#62; &amp;",
    '"changeType": "Create"',
    "   ",
    "\t\n",
)
OURS = {
    *("What-if: churn, dev, main", "Create", "Modify", "Delete", "Deploy", "Unsupported", "NoChange", "Ignore"),
    *("Change", "Resource", "Properties", "perhaps Modify", "perhaps Delete", ", ", "Error: ", "Status: "),
}
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


@pytest.fixture
def summary(azure: Azure) -> str:
    """Of a what-if in which each hostile text stands wherever Azure writes one."""
    azure.with_infrastructure().script["what_if"] = {
        "status": "Odd [a](https://evil.example) `<b>` | x",
        "error": {"code": "X", "message": " ".join(HOSTILE)},
        "changes": [
            *({"changeType": "Create", "resourceId": f"{text}/x", "after": {"name": text}} for text in HOSTILE),
            *(
                {
                    "changeType": "Modify",
                    "resourceId": f"/subscriptions/s/resourceGroups/g/providers/{text}",
                    "delta": [{"path": text}, {"path": f"{text}{text}"}],
                }
                for text in HOSTILE
            ),
            *({"changeType": "Unsupported", "resourceId": "x", "unsupportedReason": text} for text in HOSTILE),
        ],
        "potentialChanges": [{"changeType": "Delete", "resourceId": f"x{text}"} for text in HOSTILE],
        "diagnostics": [{"level": text, "code": text, "message": text} for text in HOSTILE],
    }
    result = azure.run("what-if.sh", "--target", "dev", "--out", "out")
    assert (result.code, result.stderr) == (1, "error: what-if of dev/main did not succeed\n")
    written = (azure.folder / "out" / "dev-main.md").read_text()
    assert result.stdout == written
    return written


def test_what_azure_says_is_code_and_all_else_is_ours(summary: str) -> None:
    tokens = list(_flat(PARSER.parse(summary)))
    kinds = {token.type.removesuffix("_open").removesuffix("_close") for token in tokens}
    assert kinds == {
        *("heading", "inline", "text", "code_inline", "paragraph", "bullet_list", "list_item"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }
    assert {token.content for token in tokens if token.type == "text"} - OURS - set(map(str, range(99))) == set()


def test_nothing_gets_lost(summary: str) -> None:
    """A row for each change with three cells, an item for each note."""
    tokens = PARSER.parse(summary)
    rows = sum(token.type == "tr_open" for token in tokens)
    assert rows == 2 + 1 + 4 * len(HOSTILE)
    assert sum(token.type in ("td_open", "th_open") for token in tokens) == 2 * 7 + 3 * (rows - 2)
    assert sum(token.type == "list_item_open" for token in tokens) == len(HOSTILE) + 1
    shown = {token.content for token in _flat(tokens) if token.type == "code_inline"}
    assert "![image](https://evil.example/x.png)" in shown
    assert "a ¦ b ¦ [c](https://evil.example)" in shown
    assert "'[a](https://evil.example)'" in shown
    assert "a # heading - list > quote ¦ a ¦ ¦---¦ ¦ b ¦" in shown
    assert "&lt;b&gt; &#60;i&#62; &amp;" in shown


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or [])
