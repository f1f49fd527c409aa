"""Coming in: a group's invitation link, claims to a record, groupmates who are missing."""
