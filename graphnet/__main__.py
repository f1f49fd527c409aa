"""`python -m graphnet` is the `graphnet` command."""

from graphnet.cli import main

main()
