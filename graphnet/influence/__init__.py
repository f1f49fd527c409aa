"""Who carries word through the network: centrality, reach by cohort, choosing a set of people.

Everything here takes ties as compressed sparse rows (`indptr`, `indices`, `weight`, both directions
stored, neighbours ascending) and returns arrays of positions and scores; ids go on at the edge.
"""
