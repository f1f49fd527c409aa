"""Maps: communities, islands, coordinates, cut-outs and files, computed from arrays of ties."""
