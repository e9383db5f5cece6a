"""All pages of telling, under one address."""

from wardbook.contributing import mine, pictures, sending, what, where  # noqa: F401 - each puts its pages there
from wardbook.contributing.drafts import bp

__all__ = ["bp"]
