"""Others that find an entry by its examples: fuzzy matching and BM25 over words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

Peer = Callable[[Sequence[Sequence[str]], Sequence[str]], list[int] | None]
"""Examples of each entry and questions to the entry of each question; None if not installed."""


def fuzzy(asked: Sequence[Sequence[str]], questions: Sequence[str]) -> list[int] | None:
    """The best ``partial_ratio`` of rapidfuzz: the prototype of issue 7."""
    try:
        from rapidfuzz import fuzz, process
    except ImportError:
        return None
    texts, owner = _flat(asked)
    scores = process.cdist(list(questions), texts, scorer=fuzz.partial_ratio)
    return [int(owner[place]) for place in scores.argmax(axis=1)]


def words(asked: Sequence[Sequence[str]], questions: Sequence[str]) -> list[int] | None:
    """BM25 (rank_bm25) over the words of jieba, the best example decides."""
    try:
        import jieba
        from rank_bm25 import BM25Okapi
    except ImportError:
        return None
    jieba.setLogLevel(60)
    texts, owner = _flat(asked)
    index = BM25Okapi([jieba.lcut(text) for text in texts])
    return [int(owner[int(np.argmax(index.get_scores(jieba.lcut(one))))]) for one in questions]


def characters(asked: Sequence[Sequence[str]], questions: Sequence[str]) -> list[int] | None:
    """TF-IDF over one to two characters (scikit-learn), the best example decides."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError:
        return None
    texts, owner = _flat(asked)
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 2))
    known = vectors.fit_transform(texts)
    scores = (vectors.transform(questions) @ known.T).toarray()
    return [int(owner[place]) for place in scores.argmax(axis=1)]


def _flat(asked: Sequence[Sequence[str]]) -> tuple[list[str], np.ndarray]:
    owner = np.repeat(np.arange(len(asked)), [len(group) for group in asked])
    return [text for group in asked for text in group], owner


PEERS: dict[str, Peer] = {
    "rapidfuzz partial_ratio": fuzzy,
    "BM25 over jieba's words": words,
    "TF-IDF of characters": characters,
}
