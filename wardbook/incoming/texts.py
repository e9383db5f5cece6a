"""The words that somebody wrote, out of what a mail program makes of them: HTML, quotes, signatures."""

from __future__ import annotations

import codecs
import re
from email.message import EmailMessage, Message

from wardbook.incoming.markup import from_html

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
    r"^[ \t]*+(?:(?:with )?(?:kind(?:est)?|best|warm)(?: regards| wishes)?|regards|yours (?:sincerely|faithfully|truly)"
    r"|many thanks|thanks(?: again| in advance| very much)?|thank you|cheers|sincerely)[ \t]*+[,.!]*+[ \t]*+$",
    re.IGNORECASE | re.MULTILINE,
)
LINES_OF_A_SIGNATURE = 10
MOST_TEXT = 50_000
"""Characters of a message that are looked at: ten times what an entry holds"""
_CHARSETS = re.compile(
    r"utf-(?:8|16|32)(?:-sig|-le|-be)?|iso8859-\d+|cp\d+|koi8-[rtu]|mac-[\w-]+|gb\w+|hz|big5\w*|shift_ji[sx]\w*|euc_\w+"
    r"|iso2022_\w+|johab|tis-620|kz1048|ptcp154"
)
"""Those that mail is written in, as Python calls them: it has others that are no charsets"""


def decoded(part: Message) -> str:
    """The text of a part, in the charset it says or else in one that fits."""
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else str(part.get_payload()).encode(errors="replace")
    for charset in ("utf-8", _charset(part)):
        try:
            return raw.decode(charset).replace("\x00", "")
        except UnicodeError:
            continue
    return raw.decode("cp1252", errors="replace").replace("\x00", "")


def _charset(part: Message) -> str:
    """The charset that a part says, where it is one; else what most mean who say none."""
    try:
        said = codecs.lookup(part.get_content_charset() or "utf-8").name
    except (LookupError, ValueError):
        return "cp1252"
    return said if _CHARSETS.fullmatch(said) and said != "iso8859-1" else "cp1252"


def text_of(part: Message, *, quotes: bool) -> str:
    """What a part says, as far as it is looked at: of several forms of the same the plain one, if it says anything."""
    kind = part.get_content_type()
    if isinstance(part, EmailMessage) and part.is_attachment():
        return ""
    if part.is_multipart() and kind.startswith("multipart/"):
        forms = [(sub.get_content_type() == "text/plain", text_of(sub, quotes=quotes)) for sub in _subparts(part)]
        told = [text for plain, text in sorted(forms, key=lambda form: not form[0]) if text.strip()]
        in_order = [text for _, text in forms if text.strip()]
        return (told[0] if told else "") if kind == "multipart/alternative" else "\n\n".join(in_order)[:MOST_TEXT]
    if kind == "text/html":
        return from_html(decoded(part), quotes=quotes)[:MOST_TEXT]
    if kind == "text/plain":
        text = decoded(part)[:MOST_TEXT].replace("\r\n", "\n").replace("\r", "\n")
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
    begins = _begin_of_the_last_lines(text)
    for farewell in _FAREWELL.finditer(text):
        if farewell.end() >= begins and text[: farewell.start()].strip():
            return text[: farewell.start()]
    return text


def _begin_of_the_last_lines(text: str) -> int:
    """Where the line before the last that a signature may have ends: behind it no more follow."""
    at, lines = len(text), 0
    while at > 0:
        begin = text.rfind("\n", 0, at) + 1
        lines += bool(text[begin:at].strip())
        if lines > LINES_OF_A_SIGNATURE:
            return at
        at = begin - 1
    return 0


def _tidy(text: str) -> str:
    lines = [line.rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
