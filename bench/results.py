"""The rows that the benchmarks print: measure, subject, contender, threads, unit, value."""
import csv
import statistics
from collections import defaultdict

OWN = "spatial-index"


class Results:
    """Medians of the rows of a file, one row for every run."""

    def __init__(self, path):
        self.runs = defaultdict(list)
        with open(path, newline="", encoding="utf-8") as rows:
            for measure, subject, contender, threads, unit, value in csv.reader(rows):
                key = measure, subject, contender, int(threads), unit
                self.runs[key].append(float(value))

    def median(self, *key):
        return statistics.median(self.runs[key]) if key in self.runs else None

    def spread(self, *key):
        """How many runs, and how far from the fastest to the slowest."""
        values = self.runs[key]
        return f"{len(values)}: {min(values):.3g} .. {max(values):.3g}"

    def cases(self, measure):
        """(subject, contender, threads), in the order in which they were measured."""
        return list(dict.fromkeys(key[1:4] for key in self.runs if key[0] == measure))

    def subjects(self, measure):
        """On which this project was measured."""
        return list(dict.fromkeys(subject for subject, name, _ in self.cases(measure)
                                  if name == OWN))

    def microseconds(self, measure, subject, contender):
        return self.median(measure, subject, contender, 1, "us")

    def fastest(self, measure, subject, beginning):
        """The contender with the least median of those whose names begin so, or None."""
        names = {name for of, name, _ in self.cases(measure)
                 if of == subject and name.startswith(beginning)}
        return min(sorted(names), default=None,
                   key=lambda name: self.median(measure, subject, name, 1, "processor us"))
