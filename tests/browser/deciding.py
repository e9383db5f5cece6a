"""How somebody comes to the pages of appeals against what a moderator decided, and of who is banned."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.browser.keeping import somebody_else
from tests.browser.someone import Someone

Reach = Callable[[Someone], object]


def is_decided_about(them: Someone, path: str, *, ban: bool = False) -> None:
    """A moderator hides what somebody told; or stops them from contributing."""
    moderator = somebody_else(them, "moderator")
    moderator.goes_to(path.replace("/entries/", "/moderation/"))
    name, button = ("ban", "Stop them from contributing") if ban else ("hide", "Hide it")
    moderator.page.locator(f"#deed-{name} summary").click()
    moderator.page.locator(f"#{name}-reason").fill("It names somebody, with where they live.")
    moderator.presses(button)
    moderator.page.close()


def is_hidden(tells: Reach) -> Reach:
    """Tell something that a moderator hides, and come to its page."""

    def reach(them: Someone) -> None:
        tells(them)
        path = them.path
        is_decided_about(them, path)
        them.goes_to(path)

    return reach


def begins_to_appeal(tells: Reach) -> Reach:
    def reach(them: Someone) -> None:
        is_hidden(tells)(them)
        them.follows("Ask for another look")

    return reach


def appeals(tells: Reach) -> Reach:
    def reach(them: Someone) -> None:
        begins_to_appeal(tells)(them)
        them.page.locator("#words").fill("It is the name of a shop, and where the shop is.")
        them.presses("Ask for another look")
        them.reads("You asked for another look")

    return reach


def looks_at_an_appeal(tells: Reach) -> Reach:
    """An appeal that waits, since somebody else has just made one."""

    def reach(them: Someone) -> None:
        assert them.page.context.browser is not None
        author = Someone(them.page.context.browser.new_page(), them.base)
        appeals(tells)(author)
        author.page.close()
        path = "/moderation?show=appeals"
        for part_of_link in ("/moderation/WB-", "/moderation/appeals/"):
            link = re.search(rf'href="({part_of_link}\w+)"', them.fetches(path)[1].decode())
            assert link is not None
            path = link[1]
        them.goes_to(path)

    return reach


def is_banned(tells: Reach) -> Reach:
    """Tell something, be stopped from contributing for it, and begin to tell something else."""

    def reach(them: Someone) -> None:
        tells(them)
        is_decided_about(them, them.path, ban=True)
        them.goes_to("/contribute")

    return reach
