"""Conditions by the thousand: well-formed ones, and ones that miss by a word or a sign."""

from __future__ import annotations

import random

KEYWORDS = ("AND", "OR", "NOT", "IN", "BETWEEN", "IS", "NULL", "TRUE", "FALSE", "CASE", "WHEN",
            "THEN", "ELSE", "END")  # fmt: skip
FUNCTIONS = ("abs", "ceil", "coalesce", "deprivations", "deprived", "exp", "floor", "greatest",
             "if", "least", "line", "ln", "nullif", "round", "score", "sqrt")  # fmt: skip
NAMES = ("welfare", "rooms", "a", "b", "c", "_x", "left", "value", "if", "round", "饮水", "Größe",
         "x1", '"food share"', '"a""b"', '"AND"', '"x.y"', "xl_abs", "array", "map", "e5", "row",
         "current_date", "end_", "nulls", "inside")  # fmt: skip
OTHER_SQL = (
    "select",
    "From",
    "date",
    "interval",
    "like",
    "unknown",
    "xor",
    "div",
    "OVER",
    '"over"',
)
NUMBERS = (
    "0",
    "1",
    "2",
    "3.5",
    ".5",
    "1e6",
    "1E-3",
    "0.07527689",
    "12",
    "9",
    "007",
    "10",
    "2300",
    "100",
)
HUGE = ("1e999",)
TEXTS = ("'rural'", "'it''s'", "''", "'food'", "'a b'", "'AND'", "'饮水'", "'%'")
SIGNS = ("<=", ">=", "<>", "!=", "==", "-", "+", "*", "/", "=", "<", ">", "(", ")", ",")
STRANGE = (";", ".", "%", "'", '"', "|", "&", "!", "`", "^", "--", "/*", "#", "::", "[", "]", "{",
           "$1", "?", "@", "~", ":", "sum(", "sum (", "cast(", "log(", "SELECT", "1_0", "3x",
           "min(", "\\", "\n", "\t")  # fmt: skip


class Writer:
    """Writes conditions; the same seed writes the same ones.

    Parameters
    ----------
    seed : int
    """

    def __init__(self, seed: int) -> None:
        self.of = random.Random(seed)

    def one(self) -> str:
        """A condition of some kind."""
        kind = self.of.random()
        if kind < 0.4:
            return self.joined(self.value(self.of.randint(1, 4)))
        if kind < 0.75:
            return self.joined(self.missed(self.value(self.of.randint(1, 3))))
        if kind < 0.95:
            return self.joined([self.word() for _ in range(self.of.randint(1, 7))])
        return self.deep()

    def pick(self, among: tuple[str, ...]) -> str:
        """One of several words."""
        return self.of.choice(among)

    def joined(self, words: list[str]) -> str:
        """Words with blanks of some kind between them, in upper or lower case."""
        text = ""
        for word in words:
            if word in KEYWORDS or word in FUNCTIONS:
                word = self.of.choice((word, word, word.lower(), word.title(), word.upper()))
            tight = (
                text and not (text[-1].isalnum() or text[-1] in "_'\"") and self.of.random() < 0.5
            )
            blank = "" if tight else self.of.choice((" ", " ", " ", " ", "  ", "\n"))
            if word in ("(", ")", ",") and self.of.random() < 0.7:
                blank = ""
            text += blank + word
        return text if self.of.random() < 0.1 else text.strip()

    def word(self) -> str:
        """Any word or sign."""
        among = self.of.choices(
            (KEYWORDS, FUNCTIONS, NAMES, NUMBERS, TEXTS, SIGNS, STRANGE, OTHER_SQL, HUGE),
            weights=(300, 80, 200, 120, 50, 300, 10, 10, 3),
        )[0]
        return self.pick(among)

    def missed(self, words: list[str]) -> list[str]:
        """Words with one to three of them left out, twice, put in, changed or in another order."""
        words = list(words)
        for _ in range(self.of.choice((1, 1, 1, 2, 3))):
            at = self.of.randrange(len(words)) if words else 0
            what = self.of.random()
            if what < 0.3 and words:
                del words[at]
            elif what < 0.45 and words:
                words.insert(at, words[at])
            elif what < 0.65:
                words.insert(at, self.word())
            elif what < 0.9 and words:
                words[at] = self.word()
            elif len(words) > 1:
                other = self.of.randrange(len(words))
                words[at], words[other] = words[other], words[at]
        return words

    def value(self, depth: int) -> list[str]:
        """Words of an expression."""
        if depth <= 0 or self.of.random() < 0.1:
            return self.leaf()
        form = self.of.choice(
            (self.chain, self.chain, self.negated, self.bracket, self.compared, self.compared,
             self.computed, self.computed, self.minus, self.ranged, self.listed, self.known,
             self.chosen, self.called, self.called)
        )  # fmt: skip
        return form(depth - 1)

    def leaf(self) -> list[str]:
        """A name, number, text or constant."""
        among = self.of.choices(
            (NAMES, NUMBERS, TEXTS, ("TRUE", "FALSE", "NULL"), OTHER_SQL),
            weights=(60, 40, 20, 10, 1),
        )[0]
        return [self.pick(among)]

    def chain(self, depth: int) -> list[str]:
        words = self.value(depth)
        for _ in range(self.of.randint(1, 3)):
            words += [self.pick(("AND", "OR")), *self.value(depth)]
        return words

    def negated(self, depth: int) -> list[str]:
        return ["NOT", *self.value(depth)]

    def bracket(self, depth: int) -> list[str]:
        return ["(", *self.value(depth), ")"]

    def compared(self, depth: int) -> list[str]:
        sign = self.pick(("=", "<>", "!=", "==", "<", "<=", ">", ">="))
        return [*self.value(depth), sign, *self.value(depth)]

    def computed(self, depth: int) -> list[str]:
        words = self.value(depth)
        for _ in range(self.of.randint(1, 2)):
            words += [self.pick(("+", "-", "*", "/")), *self.value(depth)]
        return words

    def minus(self, depth: int) -> list[str]:
        return [self.pick(("-", "-", "+")), *self.value(depth)]

    def ranged(self, depth: int) -> list[str]:
        no = self.of.choice(([], [], ["NOT"]))
        return [*self.value(depth), *no, "BETWEEN", *self.value(depth), "AND", *self.value(depth)]

    def listed(self, depth: int) -> list[str]:
        no = self.of.choice(([], [], ["NOT"]))
        words = [*self.value(depth), *no, "IN", "("]
        for i in range(self.of.randint(0, 3)):
            words += ["," if i else "", *self.of.choice((["-"], [], [], [])), *self.leaf()]
        return [word for word in [*words, ")"] if word]

    def known(self, depth: int) -> list[str]:
        no = self.of.choice(([], ["NOT"]))
        return [*self.value(depth), "IS", *no, self.pick(("NULL", "TRUE", "FALSE", "NULL", "3"))]

    def chosen(self, depth: int) -> list[str]:
        words = ["CASE"]
        if self.of.random() < 0.1:
            words += self.leaf()
        for _ in range(self.of.randint(1, 2)):
            words += ["WHEN", *self.value(depth), "THEN", *self.value(depth)]
        if self.of.random() < 0.6:
            words += ["ELSE", *self.value(depth)]
        return [*words, "END"]

    def called(self, depth: int) -> list[str]:
        name = self.pick(FUNCTIONS)
        fixed = {"line": 1, "deprived": 1, "score": 0, "deprivations": 0, "if": 3, "nullif": 2}
        count = fixed.get(name, self.of.choice((1, 1, 2, 3)))
        if self.of.random() < 0.1:
            count = self.of.randint(0, 4)
        words = [name, "("]
        for i in range(count):
            inner = [self.pick(TEXTS)] if name in ("line", "deprived") else self.value(depth)
            words += [*([","] if i else []), *inner]
        return [*words, ")"]

    def deep(self) -> str:
        """Nested or chained up to the limits and beyond."""
        count = self.of.choice((5, 15, 19, 20, 21, 40, 140, 149, 150, 151, 160))
        form = self.of.randrange(6)
        if form == 0:
            return "(" * count + "a" + ")" * self.of.choice((count, count, count - 1, count + 1))
        if form == 1:
            return self.pick(("NOT ", "- ", "+ ")) * count + "a"
        if form == 2:
            return self.pick(("+", "*", " = ", " < ", " - ")).join(["a"] * (count + 1))
        if form == 3:
            return self.pick((" AND ", " OR ")).join(["a"] * (count + 1))
        if form == 4:
            return "a " + self.pick(("IS NULL ", "IS TRUE ", "IN (1) ", "BETWEEN 1 AND 2 ")) * count
        return "a IN (" + ", ".join(["1"] * count) + ")"
