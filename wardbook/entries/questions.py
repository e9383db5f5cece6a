"""The questions that a category asks beside the words, and what was answered to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

MOST_QUESTIONS, MOST_CHOICES, MOST_ANSWER = 5, 10, 500
YES_NO = ("Yes", "No")


class How(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    CHOICE = "choice"
    YES_NO = "yes-no"


@dataclass(frozen=True)
class Question:
    """One question: what it asks, how it is answered, among which choices, and whether it must be."""

    ask: str
    kind: How = How.TEXT
    choices: tuple[str, ...] = ()
    needed: bool = False

    @property
    def offered(self) -> tuple[str, ...]:
        """What can be chosen; nothing where it is answered in words."""
        return YES_NO if self.kind is How.YES_NO else self.choices

    def kept(self) -> dict[str, Any]:
        """As a category keeps it."""
        return asdict(self) | {"kind": str(self.kind), "choices": list(self.choices)}


def questions_of(kept: Iterable[Mapping[str, Any]]) -> list[Question]:
    """The questions that a category keeps."""
    return [Question(one["ask"], How(one["kind"]), tuple(one["choices"]), bool(one["needed"])) for one in kept]


Answers = list[dict[str, str]]


def answers_to(questions: Iterable[Question], given: Mapping[str, str]) -> Answers:
    """What was answered, with what was asked: a category may ask otherwise later. `given` is by what was asked."""
    told = ((one.ask, given.get(one.ask, "")) for one in questions)
    return [{"ask": ask, "answer": answer} for ask, answer in told if answer]


def given_in(answers: Answers) -> dict[str, str]:
    """What was answered, by the question's words."""
    return {one["ask"]: one["answer"] for one in answers}


def answers_in_words(answers: Answers) -> str:
    """`Is it lit? No; How deep is it? To the ankle`"""
    return "; ".join(f"{one['ask']} {one['answer']}" for one in answers)
