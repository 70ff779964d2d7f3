"""Our reader of quantities beside recognizers-text (PyPI: recognizers-text-suite), culture zh-cn, in one run.

    quantities_peer.py OURS FILE...

OURS is the example `read_peer` of crates/quantity; a FILE has annotated passages, a JSON object a line: `text`,
`quantities` (start, end in characters, value, unit, comparator), `doubtful` (places that count neither way).

The peer does another thing: it finds numbers, some of them with units, and not what a text states. It has no
comparators, no measure words, and takes years and ordinals for numbers. What is compared is therefore what both do:

- *Every number*: an annotated quantity is found if a result of any of the six models overlaps it and has its value.
  A range is found if both its ends are; a fraction may be a decimal; 四成 may be 40%. Units do not matter.
  `of those on a quantity`: of the results that overlap an annotated quantity, those with its value (years, ordinals
  and other numbers that no annotator took for a quantity do not count against anybody). `of all`: of all of them.
- *Units the peer knows*: only quantities whose unit the peer reads with a 3 before it (`3亩`), by the name that it then
  gives. Found if a result overlaps with the right value and unit, a range if both its ends are and one of them has the
  unit; `exact span` wants the same first and last character too, and a range as one. Of all results with such a unit,
  the right ones are the precision; the 吨 of 吨/日, which the peer does not know, counts neither way.
- *All right*: span, value and unit; and the comparator, which only ours gives.

Overlapping results of several models count once, the longest (12.5 and 12.5% are one result).

Speed: each pass reads every passage once, the models made and warm beforehand. The passes take turns, ours and the
peer's, and medians are compared. `number` alone is the least that the peer can do, and finds no unit.
"""

import json
import subprocess
import sys
import time
from fractions import Fraction

from recognizers_number.number.number_recognizer import NumberRecognizer
from recognizers_number_with_unit.number_with_unit.number_with_unit_recognizer import NumberWithUnitRecognizer

ROUNDS = 3
NUMBERS = NumberRecognizer("zh-cn")
UNITS = NumberWithUnitRecognizer("zh-cn")
MODELS = {
    "number": NUMBERS.get_number_model(),
    "percentage": NUMBERS.get_percentage_model(),
    "dimension": UNITS.get_dimension_model(),
    "currency": UNITS.get_currency_model(),
    "temperature": UNITS.get_temperature_model(),
    "age": UNITS.get_age_model(),
}


def values(text, unit=""):
    """What an annotation's or result's value may be read as: the ends of a range, or one value."""
    if ".." in text:
        return [Fraction(end) for end in text.split("..")]
    value = Fraction(text)
    return [value * 10] if unit == "成" else [value]


def theirs(text):
    """Every result of the six models: start, end, value, unit as the peer calls it."""
    found = []
    for name, model in MODELS.items():
        for one in model.parse(text):
            value = (one.resolution or {}).get("value")
            if value is None:
                continue  # A unit without a number: 每立方米.
            unit = "%" if name == "percentage" else one.resolution.get("unit", "")
            try:
                value = [Fraction(value.rstrip("%"))]
            except ValueError:
                continue
            found.append({"start": one.start, "end": one.end + 1, "value": value, "unit": unit})
    # One result a place: the longest; of equal ones the one with a unit.
    found.sort(key=lambda one: (one["start"] - one["end"], one["unit"] == ""))
    kept = []
    for one in found:
        if not any(overlap(one, other) for other in kept):
            kept.append(one)
    return kept, found


def overlap(one, other):
    return one["start"] < other["end"] and other["start"] < one["end"]


def known_unit(unit, cache={}):
    """The peer's name of a unit, none if it knows none."""
    if unit not in cache:
        all_of_it = [one for one in theirs("3" + unit)[1] if (one["start"], one["end"]) == (0, 1 + len(unit))]
        cache[unit] = next((one["unit"] for one in all_of_it if one["unit"]), None)
    return cache[unit]


def same(value, wanted):
    return abs(value - wanted) <= abs(wanted) / 10**9


def right_value(result, wanted):
    return len(result["value"]) == len(wanted["value"]) and all(map(same, result["value"], wanted["value"]))


class Count:
    """Found of wanted, right of given."""

    def __init__(self):
        self.wanted = self.found = self.given = self.right = 0

    def add(self, wanted, found, given, right):
        self.wanted += wanted
        self.found += found
        self.given += given
        self.right += right

    def shown(self):
        precision, recall = self.right / max(self.given, 1), self.found / max(self.wanted, 1)
        return f"{precision:>8.3f} ({self.right}/{self.given})", f"{recall:>8.3f} ({self.found}/{self.wanted})"


def judge(counts, who, wanted, kept, every):
    """Adds one passage. `every` are results that may overlap each other, `kept` one a place."""
    def is_right(result):
        return any(
            overlap(result, one) and (right_value(result, one) or any(same(result["value"][0], end) for end in one["value"]))
            for one in wanted
        )

    def is_found(one):
        over = [result for result in every if overlap(result, one)]
        return any(right_value(result, one) for result in over) or (
            len(one["value"]) == 2
            and all(any(len(result["value"]) == 1 and same(result["value"][0], end) for result in over) for end in one["value"])
        )

    on_quantity = [result for result in kept if any(overlap(result, one) for one in wanted)]
    found, right = sum(map(is_found, wanted)), sum(map(is_right, kept))
    counts["number, of those on a quantity", who].add(len(wanted), found, len(on_quantity), right)
    counts["number, of all", who].add(len(wanted), found, len(kept), right)

    # With units, of those that the peer knows.
    def unit_of(one):
        return one["unit"] if who == "theirs" and "own" in one else known_unit(one["unit"])

    covered = [one for one in wanted if known_unit(one["unit"])]
    def numerator(result, one):
        first, per, _ = one["unit"].partition("/")
        return per and not known_unit(one["unit"]) and overlap(result, one) and unit_of(result) == known_unit(first)

    for label, exact in (("known unit", False), ("known unit, exact span", True)):

        def match(result, one):
            place = (result["start"], result["end"]) == (one["start"], one["end"]) if exact else overlap(result, one)
            return place and unit_of(result) == known_unit(one["unit"]) and (
                right_value(result, one) or (not exact and is_right(result))
            )

        def has(one):
            return any(match(result, one) for result in every) and (exact or is_found(one))

        with_unit = [result for result in kept if unit_of(result) and not any(numerator(result, one) for one in wanted)]
        found = sum(map(has, covered))
        right = sum(any(match(result, one) for one in covered) for result in with_unit)
        counts[label, who].add(len(covered), found, len(with_unit), right)

    def all_right(result, one):
        place = (result["start"], result["end"]) == (one["start"], one["end"])
        unit = unit_of(result) == known_unit(one["unit"]) if who == "theirs" else result["unit"] == one["unit"]
        return place and right_value(result, one) and unit

    found = sum(any(all_right(result, one) for result in every) for one in wanted)
    right = sum(any(all_right(result, one) for one in wanted) for result in kept)
    counts["every unit, exact span", who].add(len(wanted), found, len(kept), right)
    if who == "ours":
        strict = sum(any(all_right(r, one) and r["comparator"] == one["comparator"] for r in kept) for one in wanted)
        counts["the same and the comparator", who].add(len(wanted), strict, len(kept), strict)


LABELS = [
    "number, of those on a quantity",
    "number, of all",
    "known unit",
    "known unit, exact span",
    "every unit, exact span",
    "the same and the comparator",
]


def quality(ours, file):
    passages = [json.loads(line) for line in open(file, encoding="utf-8") if line.strip()]
    found = [json.loads(line) for line in subprocess.check_output([ours, file], text=True).splitlines()]
    counts = {(label, who): Count() for label in LABELS for who in ("ours", "theirs")}
    for passage, mine in zip(passages, found, strict=True):
        doubtful = [{"start": start, "end": end} for start, end in passage.get("doubtful", [])]

        def sure(results):
            return [one for one in results if not any(overlap(one, place) for place in doubtful)]

        def parsed(results):
            return [dict(one, value=values(one["value"], one["unit"])) for one in sure(results)]

        wanted = parsed(passage["quantities"])
        mine = parsed(mine)
        judge(counts, "ours", wanted, mine, mine)
        kept, every = theirs(passage["text"])
        judge(counts, "theirs", wanted, own(sure(kept)), own(sure(every)))
    units = sorted({one["unit"] for passage in passages for one in passage["quantities"] if known_unit(one["unit"])})
    print(f"\n{file}: {len(passages)} passages, {sum(len(one['quantities']) for one in passages)} quantities")
    print(f"{'':<32}{'ours: precision':<22}{'recall':<22}{'theirs: precision':<22}{'recall':<22}")
    for label in LABELS:
        theirs_shown = counts[label, "theirs"].shown() if label != LABELS[-1] else ("       –", "       –")
        cells = counts[label, "ours"].shown() + theirs_shown
        print(f"{label:<32}" + "".join(f"{cell:<22}" for cell in cells).rstrip())
    print("units of these passages that the peer knows: " + " ".join(units))
    return [passage["text"] for passage in passages]


def own(results):
    """Marks results whose units are the peer's names."""
    return [dict(one, own=True) for one in results]


def speed(ours, file, texts):
    size = sum(len(text.encode()) for text in texts)
    mine, each = [], {name: [] for name in MODELS}
    for _ in range(ROUNDS):
        mine.append(float(subprocess.check_output([ours, file, "101"], text=True)))
        for name, model in MODELS.items():
            begun = time.perf_counter()
            for text in texts:
                model.parse(text)
            each[name].append(time.perf_counter() - begun)
    middle = lambda times: sorted(times)[len(times) // 2]
    mine = middle(mine)
    each = {name: middle(times) for name, times in each.items()}
    print(f"\n{file}: {size} bytes a pass, median of {ROUNDS} rounds")
    print(f"{'':<32}{'ms':>12}{'MB/s':>10}{'times ours':>12}")
    rows = [("ours, everything", mine)]
    rows += [("theirs, number alone", each["number"])]
    rows += [("theirs, number and percentage", each["number"] + each["percentage"])]
    rows += [("theirs, all six", sum(each.values()))]
    for label, taken in rows:
        print(f"{label:<32}{taken * 1e3:>12.3f}{size / taken / 1e6:>10.2f}{taken / mine:>12.1f}")
    return sum(each.values()) / mine


def main():
    ours, *files = sys.argv[1:]
    texts = {file: quality(ours, file) for file in files}
    ratios = [speed(ours, file, texts[file]) for file in files]
    sys.exit(0 if min(ratios) >= 30 else 1)


main()
