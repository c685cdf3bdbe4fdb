"""Measure how often a question gets its answer, and how often one out of scope gets any.

Usage: python benchmarks/answers.py [--data TSV] [--seed N] [--draws N] [--quick]

CrossWOZ (``--data``: utterance, tab, fact): of each fact 10 examples are drawn, the other turns are
asked without a threshold, as in the prototype; a turn whose very words are an example does not
count. Half of the turns (by a hash of their words) were looked at while the method was chosen; the
figure ``top1`` is of the other half. Peers answer with the same draws.

Our own: ``benchmarks/answering/questions.tsv``, written apart from the phrasings, and questions
out of scope. ``ours_top1`` is without a threshold, too; ``ours_answered_right`` is as the robot
does it: a right entry that is refused counts as wrong. The set ``development`` was looked at to
choose method and weights and to mend phrasings; the figures are of the set ``test``. The same
people wrote both and the phrasings; of the test set only figures were looked at, never which
question failed. The threshold comes from the questions to refuse, each asked of an index that has
not seen it: one for each language, at most 5 % of all of them answered. Turns of CrossWOZ about
ratings, kinds of hotel and telephone numbers of other places, on which there is no entry, are asked
as well. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from answering.asked import examples, homophones, questions, turns
from answering.peers import PEERS

from robotics.assets import asset
from robotics.voice.answers.answerer import THRESHOLDS, Answerer
from robotics.voice.answers.index import Index
from robotics.voice.answers.knowledge import Knowledge, load_knowledge

HERE = Path(__file__).parent / "answering"
FOREIGN = ("评分", "酒店类型", "电话")
"""Facts of CrossWOZ on which our files have no entry."""
FOLDS = 20
STEP = 1000.0
"""Between two questions [s]: nothing is remembered."""


def main() -> None:
    """Run, print the tables, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="TSV: utterance, fact, with a heading")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draws", type=int, default=10, help="of examples, for CrossWOZ")
    parser.add_argument("--quick", action="store_true", help="two draws, no peers")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.draws = 2
    figures: dict[str, float] = {}
    knowledge = load_knowledge(asset("behaviours/answers"))
    if arguments.data:
        figures |= crosswoz(arguments)
    figures |= own(knowledge, arguments)
    print(json.dumps({name: round(value, 4) for name, value in figures.items()}))


def crosswoz(arguments: argparse.Namespace) -> dict[str, float]:
    """Return the figures on CrossWOZ, and print those of peers beside ours."""
    rows = turns(arguments.data)
    facts = sorted({row.fact for row in rows})
    peers = {} if arguments.quick else PEERS
    hits: dict[str, list[float]] = {"ours": [], "ours, development half": []}
    hits |= {name: [] for name in peers}
    for draw in range(arguments.draws):
        rng = np.random.default_rng([arguments.seed, draw])
        asked = examples(rows, facts, rng)
        known = {text for group in asked for text in group}
        index = Index(asked)
        for name, seen in (("ours", False), ("ours, development half", True)):
            rest = [row for row in rows if row.seen == seen and row.text not in known]
            right = [facts[index.match(row.text).best] == row.fact for row in rest]
            hits[name].append(float(np.mean(right)))
        rest = [row for row in rows if not row.seen and row.text not in known]
        for name, peer in peers.items():
            best = peer(asked, [row.text for row in rest])
            if best is not None:
                right = [facts[b] == row.fact for b, row in zip(best, rest, strict=True)]
                hits[name].append(float(np.mean(right)))
    print(f"CrossWOZ, {len(rows)} turns, {len(facts)} facts, 10 examples each, mean of draws")
    for name, shares in hits.items():
        shown = f"{np.mean(shares):.3f} ± {np.std(shares):.3f}" if shares else "not installed"
        print(f"  {name:36} {shown}")
    ours = hits["ours"]
    return {"top1": float(np.mean(ours)), "top1_least": min(ours)}


def own(knowledge: Knowledge, arguments: argparse.Namespace) -> dict[str, float]:
    """Return the figures on our own questions."""
    began = time.process_time()
    answerer = Answerer(knowledge)
    compiled = time.process_time() - began
    if not arguments.quick:
        table(knowledge, answerer, questions(HERE / "questions.tsv", "development")[0])
    held, outside = questions(HERE / "questions.tsv", "test")
    began = time.process_time()
    right, best = told(answerer, held)
    spent = time.process_time() - began
    rng = np.random.default_rng(arguments.seed)
    zh = [one for one in held if not one[0].isascii()]
    en = [one for one in held if one[0].isascii()]
    heard = [(homophones(text, knowledge, rng), entry) for text, entry in zh]
    figures = {
        "ours_top1": best,
        "ours_answered_right": right,
        "ours_answered_right_zh": told(answerer, zh)[0],
        "ours_answered_right_en": told(answerer, en)[0],
        "ours_answered_right_homophones": told(answerer, heard)[0],
        "ours_questions": float(len(held)),
        "out_of_scope_answered": answered(answerer, outside),
        "out_of_scope_questions": float(len(outside)),
        "entries": float(len(knowledge.entries)),
        "phrasings": float(sum(len(entry.ask) for entry in knowledge.entries)),
        "query_ms": 1000.0 * spent / (2 * len(held)),
        "compile_s": compiled,
    }
    if arguments.data:
        others = sorted({row.text for row in turns(arguments.data) if row.fact in FOREIGN})
        figures["crosswoz_out_of_scope_answered"] = answered(answerer, others)
    for name, value in figures.items():
        print(f"  {name:36} {value:.3f}")
    return figures


def told(answerer: Answerer, held: list[tuple[str, str]]) -> tuple[float, float]:
    """Return which parts of the questions got their entry, and would without a threshold."""
    right, best = 0, 0
    for number, (text, entry) in enumerate(held):
        answer = answerer.answer(text, STEP * number)
        right += answer is not None and answer.id == entry
        best += answerer.nearest(text) == entry
    return right / len(held), best / len(held)


def answered(answerer: Answerer, asked: list[str]) -> float:
    """Return which part of some questions got an answer."""
    found = [answerer.answer(text, STEP * number) for number, text in enumerate(asked)]
    return float(np.mean([one is not None and one.known for one in found]))


def table(knowledge: Knowledge, answerer: Answerer, held: list[tuple[str, str]]) -> None:
    """Print what thresholds do: to development questions, and to what is to be refused.

    Every question to refuse is asked of an index that has not seen it (twenty folds).
    """
    outside: list[tuple[Answerer, list[str]]] = []
    for fold in range(FOLDS):
        kept = tuple(one for place, one in enumerate(knowledge.refuse) if place % FOLDS != fold)
        outside.append(
            (Answerer(replace(knowledge, refuse=kept)), [*knowledge.refuse[fold::FOLDS]])
        )
    print("threshold: development questions answered rightly; out of scope answered, twenty folds")
    limits = (0.0, 0.10, 0.14, 0.16, 0.18, 0.20, 0.22, 0.24, 0.26, 0.28, 0.30)
    for language in ("zh", "en"):
        chinese = language == "zh"
        mine = [one for one in held if one[0].isascii() != chinese]
        for limit in limits:
            for one in (answerer, *(one for one, _ in outside)):
                one.thresholds = {"zh": limit, "en": limit}
            right, asked, wrong = told(answerer, mine)[0], 0, 0.0
            for one, texts in outside:
                some = [text for text in texts if text.isascii() != chinese]
                asked += len(some)
                wrong += answered(one, some) * len(some) if some else 0.0
            mark = "  <- used" if limit == THRESHOLDS[language] else ""
            print(f"  {language} {limit:.2f} {right:.3f} {wrong:4.0f} of {asked}{mark}")
    answerer.thresholds = THRESHOLDS


if __name__ == "__main__":
    main()
