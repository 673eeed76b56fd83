"""How wide a text is at most, without a browser: by the widths of a wide font of screens."""

from __future__ import annotations

_FIRST = 0x20
# Advance widths of DejaVu Sans, in thousandths of the size, of the characters from U+0020 to U+007E. The fonts that
# come before it in the list of `theme` (Segoe UI, Roboto, Helvetica, Arial) are narrower: what fits by it fits by them.
_WIDTHS = (
    *(318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636),
    *(636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775),
    *(752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390),
    *(337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612),
    *(635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838),
)
_OTHER = 1_000  # of any other character: ideographs and emoji are as wide as they are high
ELLIPSIS = "…"


def width(text: str, size: int) -> int:
    """Pixels that a text takes at most at a size in pixels, rounded up.

    >>> width("lake", 12)
    27
    """
    return -(-sum(map(_width, text)) * size // 1_000)


def fitted(text: str, size: int, room: int) -> str:
    """The text, or what of its beginning and end fits into so many pixels, around an ellipsis.

    >>> fitted("curated", 12, 40)
    'cu…ed'
    """
    if width(text, size) <= room:
        return text
    kept = len(text)
    while kept > 0:
        kept -= 1
        cut = f"{text[: kept - kept // 2]}{ELLIPSIS}{text[len(text) - kept // 2 :]}"
        if width(cut, size) <= room:
            return cut
    return ""


def _width(character: str) -> int:
    place = ord(character) - _FIRST
    return _WIDTHS[place] if 0 <= place < len(_WIDTHS) else _OTHER
