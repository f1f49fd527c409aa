"""The `graphnet` command's subcommands: each parses, calls the library once, prints."""
