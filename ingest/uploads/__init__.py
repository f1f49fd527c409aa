"""From files that staff load up in the browser to the base: kept, read, shown, judged, brought in.

`kept` keeps the files, `sheets` reads them as staff have chosen, `judging` says which rows can be
brought in and what would mend the others, `preview` shows both, `matching` finds who is there
already, `delivery` compares with what the same source said before, `commit` writes. Writing is
`ingest.load`, as for every other import.
"""
