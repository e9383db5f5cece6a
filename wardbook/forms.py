"""What forms share: GOV.UK fields, a token that makes one thing of two clicks, and refusals put beside their field."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from flask import current_app, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCharacterCount,
    GovCheckboxesInput,
    GovCheckboxInput,
    GovFileInput,
    GovPasswordInput,
    GovRadioInput,
    GovSelect,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from itsdangerous import BadData, URLSafeTimedSerializer
from wtforms import (
    BooleanField,
    DateField,
    Form,
    HiddenField,
    MultipleFileField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, StopValidation

from wardbook.config import settings
from wardbook.errors import Refused


class Asking(FlaskForm):  # type: ignore[misc]  # Flask-WTF is not typed
    """A form that is posted. Its token stays the same when it is shown again, so sending it twice does one thing."""

    once = HiddenField(filters=[lambda given: given or secrets.token_urlsafe(18)], validators=[Length(max=40)])

    def put(self, refused: Refused) -> None:
        """Show a refusal beside its field, or above the form where it has none."""
        field = getattr(self, refused.field or "", None)
        if field is None:
            self.form_errors.append(refused.sentence)
        else:
            field.errors = [*field.errors, refused.sentence]


class Trapped(Asking):
    """A form with a field that people neither see nor reach by keyboard: what fills it in is a program.

    When it was shown is read from the token against forged requests, which is signed and says so.
    """

    extra = StringField("Leave this empty", validators=[Length(max=2000)])

    def seconds_open(self) -> int | None:
        """For how many seconds it was open before it was sent; None where nothing says so."""
        salt = current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token")
        reader = URLSafeTimedSerializer(current_app.secret_key or "", salt="wtf-csrf-token")
        try:
            _, shown = reader.loads(request.form.get(salt, ""), return_timestamp=True)
        except BadData:
            return None
        return int((datetime.now(UTC) - shown).total_seconds())

    def looks_made(self) -> str:
        """Why it looks as if a program had sent it: a sentence for people; empty where it does not."""
        if self.extra.data:
            return "Leave the field 'Leave this empty' empty, and send it again."
        seconds, least = self.seconds_open(), settings().quickest / 4
        if seconds is not None and seconds < least:
            return "That was too quick for us to be sure that you are a person. Send it again, please."
        return ""


class Guarded(Trapped):
    """A form that writes to an address which may be somebody else's: what looks made is refused, in plain words.
    Who is signed in has proved to be somebody.

    To answer as if all had gone well would leave the rare person whose browser filled the field in waiting for good.
    """

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Whether all is right and a person sent it."""
        right = bool(super().validate(*args, **kwargs))
        if right and "_user_id" not in session and (sentence := self.looks_made()):
            self.extra.raw_data, self.extra.data = [], ""
            self.form_errors.append(sentence)
            return False
        return right


class Filtering(Form):  # type: ignore[misc]
    """A form in the address: asked with GET, no token, and wrong values fall away instead of refusing."""


def strip(value: Any) -> Any:
    """Blanks about what was typed are nobody's meaning."""
    return _plain(value).strip() if isinstance(value, str) else value


def _plain(words: str) -> str:
    """Words without what no keyboard makes: control characters and halves of a character."""
    return "".join(sign for sign in words if sign in "\r\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"})


class Needed(InputRequired):  # type: ignore[misc]
    """Something must be sent, and not blanks alone."""

    def __call__(self, form: Any, field: Any) -> None:
        """Stop at the first thing wrong."""
        super().__call__(form, field)
        if isinstance(field.data, str) and not field.data.strip():
            raise StopValidation(self.message)


def one_line(value: Any) -> Any:
    """Breaks in what was typed on one line come from no keyboard: they are blanks."""
    return " ".join(_plain(value).split()) if isinstance(value, str) else value


def needed(sentence: str) -> Needed:
    """Must be answered; says what to enter."""
    return Needed(sentence)


def at_most(most: int, what: str) -> Length:
    """No longer than this many characters."""
    return Length(max=most, message=f"{what} must be {most:,} characters or fewer")


def text(label: str, *checks: Any, hint: str = "", **kw: Any) -> StringField:
    """One line of text."""
    return StringField(label, description=hint, filters=[one_line], validators=checks, widget=GovTextInput(), **kw)


def long_text(label: str, *checks: Any, hint: str = "", counted: bool = False, **kw: Any) -> TextAreaField:
    """Several lines of text; with a count of what is left where the page gives `maxlength`."""
    widget = GovCharacterCount() if counted else GovTextArea()
    return TextAreaField(label, description=hint, filters=[strip], validators=checks, widget=widget, **kw)


class Lines(TextAreaField):  # type: ignore[misc]
    """Several lines of text, each by itself: no blanks about them, none empty and none twice."""

    def _value(self) -> str:
        return "\n".join(self.data or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the lines."""
        typed = (one_line(line) for line in (valuelist[0] if valuelist else "").splitlines())
        self.data = list(dict.fromkeys(line for line in typed if line))


def lines(label: str, *checks: Any, hint: str = "") -> Lines:
    """Words or phrases, one a line."""
    return Lines(label, description=hint, validators=checks, widget=GovTextArea())


def password(label: str, *checks: Any) -> PasswordField:
    """A password."""
    return PasswordField(label, validators=checks, widget=GovPasswordInput())


def choices(pairs: Iterable[tuple[Any, str]]) -> list[SelectChoice]:
    """Values and their labels as a field takes them."""
    return [SelectChoice(str(value), label) for value, label in pairs]


def one_of(label: str, pairs: Iterable[tuple[Any, str]], sentence: str, *, hint: str = "", **kw: Any) -> RadioField:
    """One of a few, all shown."""
    validators = [needed(sentence)] if sentence else [Optional()]
    return RadioField(
        label, choices=choices(pairs), description=hint, validators=validators, widget=GovRadioInput(),
        validate_choice=True, **kw,
    )  # fmt: skip


def picked(label: str, pairs: Iterable[tuple[Any, str]] = (), *checks: Any, hint: str = "", **kw: Any) -> SelectField:
    """One of many."""
    return SelectField(
        label, choices=choices(pairs), description=hint, validators=checks, widget=GovSelect(), **kw
    )  # fmt: skip


def several(label: str, pairs: Iterable[tuple[Any, str]] = (), *, hint: str = "") -> SelectMultipleField:
    """Any of several, all shown."""
    return SelectMultipleField(label, choices=choices(pairs), description=hint, widget=GovCheckboxesInput())


class Tick(GovCheckboxInput):  # type: ignore[misc]
    """One box to tick, with its hint below its label: above, it would be read as of what stands before."""

    def map_gov_params(self, field: Any, **given: Any) -> dict[str, Any]:
        """Put the hint to the box."""
        params: dict[str, Any] = super().map_gov_params(field, **given)
        if hint := params.pop("hint", None):
            params["items"][0]["hint"] = hint
        return params


def ticked(label: str, *, hint: str = "") -> BooleanField:
    """Yes, where it is ticked."""
    return BooleanField(label, description=hint, widget=Tick())


class Day(DateField):  # type: ignore[misc]
    """A day as browsers send it; what is none is said in words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Enter a real day, for example 2027-03-31") from None


def day(label: str, *checks: Any, hint: str = "") -> Day:
    """A day."""
    return Day(label, description=hint, validators=[*checks, Optional()], widget=GovTextInput())


def files(label: str, *, hint: str = "") -> MultipleFileField:
    """Several files."""
    return MultipleFileField(label, description=hint, widget=GovFileInput())


def button(label: str) -> SubmitField:
    """The button that sends the form."""
    return SubmitField(label, widget=GovSubmitInput())


def ask(template: str, form: Asking, **context: Any) -> ResponseReturnValue:
    """Show a form: status 422 where it was sent and something was wrong, with everything that was typed still there."""
    return render_template(template, form=form, **context), 422 if form.errors else 200
