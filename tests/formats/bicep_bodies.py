"""Bodies for the laws of the printer: any text at any depth, with lengths around the width of the formatter."""

import random
import string

from mlinfra.formats.bicep import Call, Commented, DisabledRule, Exempt, Expression, Interpolated, Ref, Symbol

NASTY_TEXT = "".join((string.ascii_letters * 2, " '\"$${{}}\\\n\t\r\x00\x7f[]()/#,é😀\u200d\u2028\ufeff"))
INTEGERS = (0, 1, -3, 2**63 - 1, -(2**63))
LENGTHS = (0, 1, 3, 8, 20, 40, 60, *range(90, 112))


class Bodies:
    """Makes values, always the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def text(self) -> str:
        alphabet = self._random.choice((NASTY_TEXT, "abc"))
        text = "".join(self._random.choices(alphabet, k=self._random.choice(LENGTHS)))
        return self._random.choice((text, text, text, f"{text}.core.windows.net", f"[{text}]"))

    def data(self, depth: int) -> object:
        """Plain data alone."""
        match self._random.randrange(4 if depth else 2):
            case 0:
                return self.text()
            case 1:
                return self._random.choice((*INTEGERS, True, False, None, {}, []))
            case 2:
                return [self.data(depth - 1) for _ in range(self._random.randrange(4))]
            case _:
                return {f"{self.text()}{index}": self.data(depth - 1) for index in range(self._random.randrange(4))}

    def value(self, depth: int) -> object:
        """A body: data with expressions, comments and exempted lines."""
        match self._random.randrange(6 if depth else 1):
            case 0:
                value = self.data(0)
            case 1:
                value = [self.value(depth - 1) for _ in range(self._random.randrange(4))]
            case 2:
                value = {self._key(index): self.value(depth - 1) for index in range(self._random.randrange(4))}
            case _:
                value = self.expression(depth - 1)
        if self._random.random() < 0.1:
            value = Commented(value, f"{self.text()}.")
        if self._random.random() < 0.1:
            value = Exempt(value, DisabledRule("no-unused-vars", f"{self.text()}."))
        return value

    def expression(self, depth: int) -> Expression:
        match self._random.randrange(6 if depth > 0 else 1):
            case 0:
                return self._reference()
            case 1:
                return Interpolated((self.text(), self._reference(), self.text(), Call("f", (self.text(),))))
            case 2:
                return Ref(Call("tenant", self._arguments(depth)), "x.y")
            case _:
                return Call(self._name(), self._arguments(depth))

    def _arguments(self, depth: int) -> tuple[object, ...]:
        return tuple(self._argument(depth) for _ in range(self._random.randrange(4)))

    def _argument(self, depth: int) -> object:
        match self._random.randrange(4):
            case 0:
                return self.data(max(depth - 1, 0))
            case 1:
                return self.text()
            case _:
                return self.expression(depth - 1)

    def _key(self, index: int) -> str | Interpolated:
        written = Interpolated((self._reference(), f".{index}"))
        return self._random.choice((f"key{index}", f"{self.text()}{index}", written))

    def _reference(self) -> Symbol | Ref:
        return self._random.choice((Symbol(self._name()), Ref(Symbol(self._name()), "id")))

    def _name(self) -> str:
        return "abc" * self._random.randrange(1, 20)
