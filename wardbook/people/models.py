"""A person, the terms on which they hold a role, and the one-time links and codes that prove an email address."""

from __future__ import annotations

from datetime import date, datetime

from flask_security import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wardbook.clock import holds, today
from wardbook.db import ID_USED_ONCE, Base, now
from wardbook.policy import Role
from wardbook.shared import words_of


class Service(Base):
    """A service of the council: officers work in one, and every category belongs to one."""

    __tablename__ = "service"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class Person(Base, UserMixin):
    """Somebody with an email address. They have no role until they hold a term, but for resident."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    banned_until: Mapped[date | None]
    """The first day on which they may contribute again; why stands in the ban"""
    terms: Mapped[list[Term]] = relationship(back_populates="person", order_by="Term.id")


class Term(Base):
    """That a person holds a role from one day until another (the first on which they no longer do).

    A councillor's is for a ward, named by its code: the area is found in the set in force on the day. An officer's may
    name a service.
    """

    __tablename__ = "term"
    __table_args__ = (
        CheckConstraint("from_on IS NULL OR until_on IS NULL OR from_on < until_on", name="dates"),
        CheckConstraint("(role = 'councillor') = (ward_code IS NOT NULL)", name="ward"),
        UniqueConstraint("person_id", "role", "ward_code", "from_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role] = mapped_column(words_of(Role, "role"))
    ward_code: Mapped[str | None] = mapped_column(index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    person: Mapped[Person] = relationship(back_populates="terms")
    service: Mapped[Service | None] = relationship(lazy="joined")

    def runs(self, on: date) -> bool:
        """Whether the term runs on a day."""
        return holds(self.from_on, self.until_on, on)

    @property
    def is_over(self) -> bool:
        """Whether the term has ended."""
        return self.until_on is not None and self.until_on <= today()


class Proof(Base):
    """A one-time proof of an email address: a link, and a code that does the same, both kept only as hashes."""

    __tablename__ = "proof"
    __table_args__ = (ID_USED_ONCE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    link_hash: Mapped[str] = mapped_column(unique=True)
    code_hash: Mapped[str]
    purpose: Mapped[str]
    """`sign in`; `publish` or `support` with the reference of the entry; `follow` with what and how often"""
    subject: Mapped[str | None]
    name: Mapped[str] = mapped_column(default="")
    """The name that came with the address: theirs only once the address is proved"""
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    wrong_tries: Mapped[int] = mapped_column(default=0)
    person: Mapped[Person] = relationship()

    @property
    def is_good(self) -> bool:
        """Whether it is neither used nor past its day: what it is for is shown no longer than that."""
        return self.used_at is None and self.ends_at > now()
