"""The study groups and intakes of one's own, by the names that they go by."""

from graphnet.privacy import Viewer
from graphnet.store import Row, Store

# One row: a study group or an intake of somebody's: their own groups, the others of their intakes,
# and those intakes whole.
CHOICES = """MATCH (me:Person {key: $me})
CALL (me) {
  MATCH (me)-[:STUDIED_IN]->(g:StudyGroup) RETURN g AS thing, 0 AS far
  UNION MATCH (me)-[:STUDIED_IN]->(:StudyGroup)-[:OF]->(:Cohort)<-[:OF]-(g:StudyGroup)
  WHERE NOT EXISTS { (me)-[:STUDIED_IN]->(g) } RETURN g AS thing, 1 AS far
  UNION MATCH (me)-[:STUDIED_IN]->(:StudyGroup)-[:OF]->(c:Cohort) RETURN c AS thing, 2 AS far
  UNION MATCH (me)-[:STUDIED_IN]->(c:Cohort) RETURN c AS thing, 2 AS far
}
WITH DISTINCT thing, far
RETURN thing.id AS id, ['mine', 'parallel', 'cohort'][far] AS kind, thing:Cohort AS cohort,
  coalesce(head(COLLECT { MATCH (thing)-[k:CALLED]->(code:GroupCode)
    RETURN code.text ORDER BY k.academic_year DESC, k.term DESC, code.text LIMIT 1 }),
    thing.name, '') AS code,
  coalesce(thing.programme, '') AS programme,
  coalesce(thing.programme_ru, thing.programme, '') AS programme_ru,
  coalesce(thing.intake_year, head(COLLECT {
    MATCH (thing)-[:OF]->(c:Cohort) RETURN c.intake_year ORDER BY c.id LIMIT 1 })) AS year
ORDER BY far, code, id LIMIT 80"""


def choices(store: Store, viewer: Viewer) -> list[Row]:
    """Return the viewer's groups and intakes: id, `kind` (mine, parallel, cohort), names, year."""
    return store.read(CHOICES, me=viewer.own_key())
