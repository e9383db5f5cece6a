"""Looking for words: what people type, read once, and asked of the text index of either engine.

Everybody's question is read by one grammar: all the words are needed, in any of their forms; "words in quotes" stand
together; -word leaves out; word* is how words begin. Nothing that can be typed is an error. A reference is a word like
any other. The same words are found on SQLite (FTS5) and PostgreSQL (tsvector): the index leaves out no word, and here
words that say little are dropped where others are asked for beside them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, column, false, func, literal_column, not_, select, table, text

from wardbook.db import db, transaction

MOST_SIGNS = 200
PAGES = 500
_TERM = re.compile(r'(?P<out>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_WORD = re.compile(r"[^\W_]+")
_QUOTES = str.maketrans("“”„«»", '"""""')
_SAY_LITTLE = frozenset(
    _WORD.findall(
        "a about above after again all am an and any are as at be been before being below between both but by can "
        "did do does doing down during each few for from further had has have having he her here hers him his how "
        "i if in into is it its just me more most my no nor not of off on once only or other our ours out over own "
        "same she should so some such than that the their theirs them then there these they this those through to "
        "too under until up very was we were what when where which while who whom why will with you your yours"
    )
)


@dataclass(frozen=True)
class Term:
    """Words that stand together; `begins`: the last is only how a word begins."""

    words: tuple[str, ...]
    begins: bool = False


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for: every term of the first, none of the second. Without either, nothing is found."""

    needed: tuple[Term, ...] = ()
    left_out: tuple[Term, ...] = ()


def wanted(words: str) -> Wanted:
    """What is asked for in the words that somebody typed; what is neither letter nor figure asks nothing."""
    needed: list[Term] = []
    left_out: list[Term] = []
    plain = unicodedata.normalize("NFC", words[:MOST_SIGNS]).translate(_QUOTES)
    for found in _TERM.finditer(plain):
        text = found["phrase"] if found["phrase"] is not None else found["word"]
        parts = tuple(_WORD.findall(text))
        if parts:
            term = Term(parts, begins=found["word"] is not None and text.endswith("*"))
            (left_out if found["out"] else needed).append(term)
    telling = [term for term in needed if not _says_little(term)]
    return Wanted(tuple(telling or needed), tuple(left_out))


def _says_little(term: Term) -> bool:
    return len(term.words) == 1 and not term.begins and term.words[0].lower() in _SAY_LITTLE


# --- asking ------------------------------------------------------------------------------------------------------


def matches(model: Any, words: str) -> ColumnElement[bool]:
    """Whether a row's text has what these words ask for."""
    asked = wanted(words)
    conditions = [_holds(model, asked.needed)] if asked.needed else []
    conditions += [not_(_holds(model, (term,))) for term in asked.left_out]
    return and_(*conditions) if conditions else false()


def best_first(rows: Select[Any], model: Any, words: str) -> Select[Any]:
    """Rows ordered by how well they match: a reference or a title says more than the words below it.

    Where the words only leave out, none is better than another.
    """
    asked = wanted(words)
    if not asked.needed:
        return rows
    if _on_sqlite():
        index = _index(model)
        ranked = select(index.c.rowid, index.c.rank).where(_match(index, asked.needed)).subquery("ranked")
        return rows.join(ranked, ranked.c.rowid == model.id).order_by(ranked.c.rank)
    return rows.order_by(func.ts_rank(_WEIGHTS, _vector(model), _query(asked.needed), 1).desc())


def forget(model: Any) -> None:
    """Leave nothing of words that were taken away: FTS5 keeps what was deleted until its parts are merged.

    That is a merge of the whole index, so it is done in short steps, between which others may write:
    https://www.sqlite.org/fts5.html#the_merge_command (a negative size begins it, and less than two changes end it).
    """
    if not _on_sqlite():
        return
    index = f"fts_{model.__tablename__}"
    for pages in chain([-PAGES], repeat(PAGES)):
        with transaction():
            before = _changes()
            db.session.execute(text(f"INSERT INTO {index}({index}, rank) VALUES ('merge', :pages)"), {"pages": pages})
            if _changes() - before < 2:
                return


def _changes() -> int:
    return db.session.scalar(text("SELECT total_changes()")) or 0


def _on_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _index(model: Any) -> Any:
    name = f"fts_{model.__tablename__}"
    return table(name, column("rowid"), column("rank"), column(name))


def _match(index: Any, terms: Iterable[Term]) -> ColumnElement[bool]:
    found: ColumnElement[bool] = index.c[index.name].op("MATCH")(_fts5(terms))
    return found


def _holds(model: Any, terms: Sequence[Term]) -> ColumnElement[bool]:
    found: ColumnElement[bool]
    if _on_sqlite():
        index = _index(model)
        found = model.id.in_(select(index.c.rowid).where(_match(index, terms)))
    else:
        found = _vector(model).bool_op("@@")(_query(terms))
    return found


def _vector(model: Any) -> ColumnElement[Any]:
    return literal_column(f"{model.__tablename__}.fts_words")


_CONFIGURATION: ColumnElement[Any] = literal_column("'wardbook'::regconfig")
_WEIGHTS: ColumnElement[Any] = literal_column("'{0.05, 0.1, 0.4, 1.0}'::real[]")
"""Of the source; the words and where it is; the title; the reference: as the migrations lettered them D to A."""


def _query(terms: Iterable[Term]) -> ColumnElement[Any]:
    return func.to_tsquery(_CONFIGURATION, _tsquery(terms))


def _fts5(terms: Iterable[Term]) -> str:
    """As FTS5 asks: words hold letters and figures alone, so nothing in quotes needs to be hidden."""
    return " AND ".join(f'"{" ".join(term.words)}"' + "*" * term.begins for term in terms)


def _tsquery(terms: Iterable[Term]) -> str:
    """As a tsquery asks."""
    phrases = (" <-> ".join(f"'{word}'" for word in term.words) + ":*" * term.begins for term in terms)
    return " & ".join(f"({phrase})" for phrase in phrases)


# --- showing where it matched ------------------------------------------------------------------------------------

_BEGINS, _ENDS, _APART = "\x02", "\x03", "\x1f"
_MARK = re.compile(f"{_BEGINS}([^{_BEGINS}{_ENDS}]*){_ENDS}")
MOST_SHOWN = 220


@dataclass(frozen=True)
class Part:
    """A piece of a text, and whether it is what was looked for."""

    text: str
    hit: bool


@dataclass(frozen=True)
class Found:
    """Where a row has what was looked for: its title, the piece of its words round it; its source, and where it is in
    words, if it is there.
    """

    title: tuple[Part, ...]
    words: tuple[Part, ...]
    cites: tuple[Part, ...]
    spot_words: tuple[Part, ...]


def found_in(model: Any, words: str, ids: Sequence[int]) -> dict[int, Found]:
    """For each of these rows, in one query, where it has the words. What words leave out is found nowhere."""
    asked = wanted(words)
    if not asked.needed or not ids:
        return {}
    rows = db.session.execute(_marked(model, asked.needed, ids))
    return {row_id: _found(*map(_parts, texts)) for row_id, *texts in rows}


def _found(title: tuple[Part, ...], words: tuple[Part, ...], *others: tuple[Part, ...]) -> Found:
    return Found(title, _piece(words), *(_piece(other) if any(part.hit for part in other) else () for other in others))


def _marked(model: Any, terms: Sequence[Term], ids: Sequence[int]) -> Select[Any]:
    if _on_sqlite():
        index = _index(model)
        shown = [func.highlight(literal_column(index.name), at, _BEGINS, _ENDS) for at in (1, 2, 3, 4)]
        return select(index.c.rowid, *shown).where(_match(index, terms), index.c.rowid.in_(ids))
    texts = [_headline(text, _query(terms)) for text in (model.title, model.words, model.cites, model.spot_words)]
    return select(model.id, *texts).where(_holds(model, terms), model.id.in_(ids))


def _headline(text: Any, query: ColumnElement[Any]) -> ColumnElement[Any]:
    """Signs are set apart first, as in the index: PostgreSQL would take `kerb/crossing` for the name of a file."""
    apart = func.regexp_replace(text, "([[:punct:]])", f"{_APART}\\1{_APART}", "g")
    return func.ts_headline(_CONFIGURATION, apart, query, f"HighlightAll=true, StartSel={_BEGINS}, StopSel={_ENDS}")


def _parts(marked: str | None) -> tuple[Part, ...]:
    pieces = _MARK.split((marked or "").replace(_APART, ""))
    return tuple(Part(text, at % 2 == 1) for at, text in enumerate(pieces) if text)


def _piece(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The piece of a text round the first hit, cut between words; the beginning where there is no hit."""
    hit = next((at for at, part in enumerate(parts) if part.hit), 0)
    before = "".join(part.text for part in parts[:hit])
    lead = before if len(before) <= MOST_SHOWN // 3 else "…" + before[-MOST_SHOWN // 3 :].partition(" ")[2]
    kept, left = [Part(lead, False)] if lead else [], MOST_SHOWN - len(lead)
    for part in parts[hit:]:
        if len(part.text) > left:
            kept.append(Part(part.text[:left].rpartition(" ")[0] + "…", part.hit))
            break
        kept.append(part)
        left -= len(part.text)
    return tuple(kept)
