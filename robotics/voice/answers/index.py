"""The compiled index: which entry a question asks for, and how sure that is.

Two linear scores over the same terms, both computed once, so that a question costs some table rows:

- BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009) with each entry's
  phrasings as one document, as a part of the most that the question could reach.
- Regularised least squares from the phrasings to their entries (Rifkin, Yeo and Poggio,
  "Regularized Least-Squares Classification", 2003). It learns which terms tell entries apart:
  with 10 examples for each of CrossWOZ's facts it finds 0.92 of them where BM25 finds 0.7 to 0.8.

Questions to refuse are one more class; an answer's ``margin`` is how far it is ahead of that class.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve

from robotics.core.arrays import Array, BoolArray, IntArray, frozen
from robotics.voice.answers.terms import WEIGHTS, is_chinese, terms

Table = NDArray[np.float32]
"""Rows are terms, columns classes; half the memory of float64, to no difference."""
RIDGE = 0.3
"""Of the least squares, where a phrasing's vector has length 1. From 0.1 to 1 the leave-one-out
result of our own phrasings and the development half of CrossWOZ change by less than 0.02."""
SHARE_BM25 = 0.3
"""What the BM25 score counts beside the least squares (chosen on the development questions)."""
K1, B = 1.2, 0.4
"""BM25's saturation and length normalisation: the usual 1.2, and less than the usual 0.75, since
an entry is longer when its author had more ideas, not because it strays from its subject."""


@dataclass(frozen=True, slots=True)
class Match:
    """What the index says to one question."""

    scores: Array
    """One for each entry, shape (entries,)."""
    refused: float
    """The score of what is to be refused."""

    @property
    def best(self) -> int:
        """Index of the likeliest entry; the first of equals."""
        return int(np.argmax(self.scores))

    @property
    def margin(self) -> float:
        """How far the best entry is ahead of what is to be refused."""
        return float(self.scores.max()) - self.refused


class Index:
    """Finds entries by their phrasings. Nothing in it changes after it was built."""

    def __init__(self, asked: Sequence[Sequence[str]], refuse: Sequence[str] = ()) -> None:
        """Compile.

        Args:
            asked: The phrasings of each entry; at least one entry, each with at least one.
            refuse: Questions that belong to no entry.

        Raises:
            ValueError: There is nothing to find.
        """
        if not asked or not all(asked):
            raise ValueError("an index needs entries, and each of them phrasings")
        groups = [*asked, refuse] if refuse else list(asked)
        texts = [text for group in groups for text in group]
        bags = [Counter(terms(text)) for text in texts]
        chinese = np.array([is_chinese(text) for text in texts])
        owner = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
        self._entries, self._classes = len(asked), len(groups)
        self._rows, self._weight, self._unseen = _vocabulary(bags)
        self._learned = self._fit(bags, owner, chinese)
        self._bm25 = self._documents(bags, owner)

    def match(self, text: str) -> Match:
        """Return how well each entry answers ``text``; a text without words fits none."""
        known, weights, unseen = self._vector(terms(text))
        if not known:
            return Match(frozen(np.zeros(self._entries)), 0.0)
        length = math.sqrt(float(weights @ weights) + unseen**2)
        most = float(weights.sum()) + unseen
        scores = weights @ self._learned[known] / length
        scores += SHARE_BM25 / most * (weights @ self._bm25[known])
        ours = scores[: self._entries]
        rest = float(scores[-1]) if self._classes > self._entries else 0.0
        return Match(frozen(ours), rest)

    def _vector(self, found: list[str]) -> tuple[list[int], Array, float]:
        """Return rows and weights of the known terms, and the length of the unknown ones."""
        kinds = dict.fromkeys(found)
        known = [self._rows[term] for term in kinds if term in self._rows]
        unseen = [WEIGHTS[term[0]] for term in kinds if term not in self._rows]
        return known, self._weight[known], self._unseen * math.sqrt(sum(w * w for w in unseen))

    def _fit(self, bags: list[Counter[str]], owner: IntArray, chinese: BoolArray) -> Table:
        """Return the least squares' weights, shape (terms, classes).

        Phrasings in Chinese and in English share next to no term, so each language is solved by
        itself: the same result for a third of the work.
        """
        learned = np.zeros((len(self._weight), self._classes))
        for part in (np.flatnonzero(chinese), np.flatnonzero(~chinese)):
            if not len(part):
                continue
            rows = [self._places(bags[place]) for place in part]
            vectors = [self._weight[row] for row in rows]
            vectors = [one / max(float(np.linalg.norm(one)), 1e-9) for one in vectors]
            gram = _gram(rows, vectors, len(self._weight))
            gram[np.diag_indices_from(gram)] += RIDGE
            wanted = np.zeros((len(part), self._classes))
            wanted[np.arange(len(part)), owner[part]] = 1.0
            dual = solve(gram, wanted, assume_a="pos", overwrite_a=True)
            for row, vector, share in zip(rows, vectors, dual, strict=True):
                learned[row] += np.outer(vector, share)
        return frozen(learned, dtype=np.float32)

    def _places(self, bag: Counter[str]) -> IntArray:
        return np.array([self._rows[term] for term in bag], dtype=np.int64)

    def _documents(self, bags: list[Counter[str]], owner: IntArray) -> Table:
        """Return each term's saturated count in each class's phrasings, 0 to 1."""
        count = np.zeros((len(self._weight), self._classes))
        for bag, place in zip(bags, owner, strict=True):
            for term, times in bag.items():
                count[self._rows[term], place] += times
        length = count.sum(axis=0) / count.sum(axis=0).mean()
        return frozen(count / (count + K1 * (1.0 - B + B * length)), dtype=np.float32)


def _vocabulary(bags: list[Counter[str]]) -> tuple[dict[str, int], Array, float]:
    """Return the row and weight of each term, and the weight of terms that no phrasing has."""
    frequency = Counter(term for bag in bags for term in bag)
    rows = {term: row for row, term in enumerate(sorted(frequency))}
    rarity = [
        WEIGHTS[term[0]] * math.log(1.0 + len(bags) / frequency[term]) for term in sorted(frequency)
    ]
    return rows, frozen(rarity), math.log(1.0 + 2.0 * len(bags))


def _gram(rows: list[IntArray], vectors: list[Array], size: int) -> Array:
    """Return the inner products of all phrasings, shape (phrasings, phrasings)."""
    gram = np.zeros((len(rows), len(rows)))
    holder = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    term, value = np.concatenate(rows), np.concatenate(vectors)
    order = np.argsort(term, kind="stable")
    ends = np.searchsorted(term[order], np.arange(size + 1))
    for start, end in pairwise(ends.tolist()):
        some = order[start:end]
        gram[np.ix_(holder[some], holder[some])] += np.outer(value[some], value[some])
    return gram
