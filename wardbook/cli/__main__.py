"""`python -m wardbook.cli`"""

from wardbook.cli import main

main()
