"""Text that is already in the language of the page it goes into."""

from __future__ import annotations


class Fragment(str):
    """What one of the printers in `formats` has made, so that it stands in a page as it is.

    A template prints every other value as a literal. Only printers make fragments, from text that they have escaped;
    there is no filter that turns a value into one as it is. A fragment is no `Markup`: joined with, cut or formatted
    into other text it is plain text again, which is escaped, at worst twice.
    """

    __slots__ = ()
