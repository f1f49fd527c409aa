"""The ledger of contributions, and everything that is read from it: scores, standings, archives."""
