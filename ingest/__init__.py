"""From files to the graph: sources, mapping, rows, load, report."""
