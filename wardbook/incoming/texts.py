"""The words that somebody wrote, out of what a mail program makes of them: HTML, quotes, signatures."""

from __future__ import annotations

import re
from email.message import EmailMessage, Message
from html.parser import HTMLParser

_BREAKS = {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "table", "ul", "ol", "blockquote", "hr"}
_SILENT = {"script", "style", "head", "title"}
_HEAD_LINE = re.compile(r"^[>\s*]*(?:From|Sent|Date|To|Cc|Subject|Reply-To)\s*:.*$", re.IGNORECASE)
_QUOTE_BEGINS = re.compile(
    r"^[ \t]*(?:On\b[^\n]{5,200}(?:\n[^\n]{1,120})?\bwrote:[ \t]*$"
    r"|-{2,} ?(?:Original|Forwarded) [Mm]essage ?-{2,}[ \t]*$"
    r"|Begin forwarded message:[ \t]*$"
    r"|_{10,}[ \t]*$"
    r"|\*?From:[^\n]+\n\*?(?:Sent|Date):[^\n]+\n)",
    re.MULTILINE,
)
_SIGNATURE = re.compile(r"^--[ \t]*$", re.MULTILINE)
_SENT_FROM = re.compile(r"^[ \t]*(?:Sent from (?:my|Outlook|Mail|Yahoo)|Get Outlook for)\b[^\n]*$", re.MULTILINE)
_FAREWELL = re.compile(
    r"^[ \t]*(?:(?:with )?(?:kind(?:est)?|best|warm)(?: regards| wishes)?|regards|yours (?:sincerely|faithfully|truly)"
    r"|many thanks|thanks(?: again| in advance| very much)?|thank you|cheers|sincerely)[ \t]*[,.!]*[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
LINES_OF_A_SIGNATURE = 10


class _Telling(HTMLParser):
    """HTML as text: what is shown, with breaks where a browser breaks; what is quoted is left out where it is asked."""

    def __init__(self, quotes: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._quotes, self._silent, self._quoted = quotes, 0, 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent += tag in _SILENT
        self._quoted += tag == "blockquote"
        if tag in _BREAKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))
        self._quoted = max(0, self._quoted - (tag == "blockquote"))
        if tag in _BREAKS - {"br"}:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent and (self._quotes or not self._quoted):
            self.pieces.append(re.sub(r"\s+", " ", data))


def from_html(html: str, *, quotes: bool) -> str:
    """The text of a page of HTML, however broken."""
    telling = _Telling(quotes)
    telling.feed(html)
    telling.close()
    lines = [line.strip() for line in "".join(telling.pieces).replace("\xa0", " ").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def decoded(part: Message) -> str:
    """The text of a part, in the charset it says or else in one that fits."""
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else str(part.get_payload()).encode(errors="replace")
    said = (part.get_content_charset() or "utf-8").lower()
    said = "cp1252" if said in {"iso-8859-1", "latin-1", "us-ascii", "ascii", "unknown-8bit"} else said
    for charset in ("utf-8", said):
        try:
            return raw.decode(charset).replace("\x00", "")
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("cp1252", errors="replace").replace("\x00", "")


def text_of(part: Message, *, quotes: bool) -> str:
    """What a message, or a part of it, says: of several forms of the same the plain one, where it says anything."""
    kind = part.get_content_type()
    if isinstance(part, EmailMessage) and part.is_attachment():
        return ""
    if part.is_multipart() and kind.startswith("multipart/"):
        forms = [(sub.get_content_type() == "text/plain", text_of(sub, quotes=quotes)) for sub in _subparts(part)]
        told = [text for plain, text in sorted(forms, key=lambda form: not form[0]) if text.strip()]
        in_order = [text for _, text in forms if text.strip()]
        return (told[0] if told else "") if kind == "multipart/alternative" else "\n\n".join(in_order)
    if kind == "text/html":
        return from_html(decoded(part), quotes=quotes)
    if kind == "text/plain":
        text = decoded(part).replace("\r\n", "\n").replace("\r", "\n")
        flowed = str(part.get_param("format") or "").lower() == "flowed"
        return re.sub(r"(?<!^--) \n(?!\n)", " ", text, flags=re.MULTILINE) if flowed else text
    return ""


def _subparts(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [sub for sub in payload if isinstance(sub, Message)] if isinstance(payload, list) else []


def own_words(text: str, *, forwarded: bool) -> str:
    """What its sender wrote: without what they answered to, their signature, and the heads of what they pass on."""
    text = _SENT_FROM.sub("", text)
    if forwarded:
        return _tidy(_without_heads(_QUOTE_BEGINS.sub("\n", text)))
    before = _QUOTE_BEGINS.split(text, maxsplit=1)
    own = _tidy(_signed_off(_without_quotes(before[0])))
    if own or len(before) == 1:
        return own
    return _tidy(_signed_off(_without_quotes(_without_heads(before[1]))))


def _without_quotes(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">"))


def _without_heads(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not _HEAD_LINE.match(line))


def _signed_off(text: str) -> str:
    """Without a signature: after `-- `, or after a farewell near the end, where names, numbers and addresses stand."""
    text = _SIGNATURE.split(text, maxsplit=1)[0]
    for farewell in _FAREWELL.finditer(text):
        after = [line for line in text[farewell.end() :].split("\n") if line.strip()]
        if len(after) <= LINES_OF_A_SIGNATURE and text[: farewell.start()].strip():
            return text[: farewell.start()]
    return text


def _tidy(text: str) -> str:
    lines = [line.rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
