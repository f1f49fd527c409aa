"""Queries to begin with: each says something of the whole network, and runs within a second."""

# They are of the projection, whose words are not the graph's: a test runs each of them there.
_EXAMPLES: dict[str, str] = {
    "faculties": (
        "MATCH (p:Person) WHERE p.faculty IS NOT NULL\n"
        "RETURN p.faculty AS faculty, count(*) AS people,\n"
        "  sum(CASE p.state WHEN 'lost' THEN 1 ELSE 0 END) AS lost\n"
        "ORDER BY lost DESC"
    ),
    "bridges": (
        "MATCH (p:Person)-[:KNOWS]-(q:Person)\n"
        "WHERE p.decade IS NOT NULL AND q.decade IS NOT NULL AND p.decade <= q.decade\n"
        "RETURN p.decade AS one, q.decade AS other, count(*) AS ties\n"
        "ORDER BY ties DESC"
    ),
    "way back": (
        "MATCH (c:Cohort)<-[:STARTED_IN]-(lost:Person {state: 'lost'})\n"
        "WHERE EXISTS { (lost)-[:KNOWS]-(:Person {state: 'registered'}) }\n"
        "RETURN c.name AS cohort, count(lost) AS lost_and_known\n"
        "ORDER BY lost_and_known DESC LIMIT 20"
    ),
    "communities": (
        "MATCH (g:Group)<-[:MEMBER_OF]-(p:Person)\n"
        "RETURN g.name AS community, count(p) AS people,\n"
        "  count(DISTINCT p.faculty) AS faculties\n"
        "ORDER BY faculties DESC, people DESC LIMIT 20"
    ),
    "ways": (
        "MATCH (a:Person {state: 'lost'})-[:STUDIED_IN]->(:StudyGroup)"
        "<-[:STUDIED_IN]-(b:Person {state: 'lost'})\n"
        "WHERE a.person < b.person WITH a, b LIMIT 50\n"
        "MATCH way = shortestPath((a)-[:KNOWS*..4]-(b))\n"
        "RETURN length(way) AS steps, count(*) AS pairs ORDER BY steps"
    ),
}


def examples() -> dict[str, str]:
    """Return the queries by their names."""
    return dict(_EXAMPLES)
