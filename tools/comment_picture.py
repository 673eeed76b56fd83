"""docs/pictures/comment.png: the comment of the same edit as in the picture of the report, as Azure Repos shows it.

Run by `make pictures`, after tools/report_picture.py, at the root of the repository.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt

from tools.report_picture import ROOT, edited, take

PICTURE = ROOT / "docs/pictures/comment.png"
SIZE = (1000, 800)  # pixels
FIRST_OUT = "\n#### 4"  # what is below the first screen
STOP = "<svg viewBox='0 0 10 10' width=20 height=20><path fill='#d13438' d='M3 0h4l3 3v4l-3 3H3L0 7V3z'/></svg>"
STYLE = """
body { margin: 0; padding: 20px; background: #f4f4f4; font: 14px/1.5 "Segoe UI", system-ui, sans-serif; color: #222 }
article { background: #fff; border: 1px solid #ddd; border-radius: 4px; padding: 14px 22px 6px }
header { display: flex; gap: 10px; align-items: center; color: #666; font-size: 13px; margin-bottom: 4px }
header b { color: #222 } header i { margin-left: auto; font-style: normal; border: 1px solid #ccc; padding: 1px 8px }
header span { background: #0a6; color: #fff; border-radius: 50%; width: 28px; line-height: 28px; text-align: center }
svg { vertical-align: -4px; margin-right: 4px }
h3 { font-size: 18px; margin: 8px 0 } h4 { font-size: 15px; margin: 16px 0 4px } p { margin: 6px 0 }
ul { margin: 4px 0; padding-left: 22px } li { margin: 3px 0 }
code { background: #f0f0f0; padding: 1px 4px; border-radius: 3px; font: 12px Consolas, "DejaVu Sans Mono", monospace }
table { border-collapse: collapse } td, th { border: 1px solid #ddd; padding: 4px 10px; text-align: left }
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "comment.html"
        page.write_text(_html(_comment(Path(folder) / "repository")), encoding="utf-8")
        take(PICTURE, SIZE, page.as_uri())


def _html(text: str) -> str:
    shown = text.partition(FIRST_OUT)[0].replace("🛑", STOP)  # no font of this machine may have the sign
    who = "<header><span>B</span><b>Build Service</b> commented<i>Active</i></header>"
    body = MarkdownIt("commonmark").enable("table").render(shown)
    return f"<!DOCTYPE html><meta charset=utf-8><style>{STYLE}</style><article>{who}{body}</article>"


def _comment(root: Path) -> str:
    """The page of the edit, against the commit before it."""
    spec = edited(root, "--branch", "main")
    command = [sys.executable, "-m", "mlinfra", "-q", "-f", str(spec), "diff", "--against", "main", "-o", "markdown"]
    return subprocess.run(command, cwd=root, check=False, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main()
