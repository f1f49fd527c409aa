"""Turn-key reunions: from a graduate's application to thanks, with a member of staff as partner.

::

    (:Person)-[:ASKED | ORGANISES {role}]->(:Reunion)-[:GATHERS]->(:StudyGroup | :Cohort)
    (:ReunionInvitation {state})-[:FOR]->(:Reunion), -[:TO]->(:Person), -[:BY]->(:Person)
    (:Person)-[:CAN {answer}]->(:ReunionDate)-[:FOR]->(:Reunion)-[:BECAME]->(:Event)
    (:ReunionTask)-[:OF]->(:Person), (:ReunionCost), (:Request)-[:FOR]->(:Reunion)

What is stored of its state is `applied`, `gathering` or `closed`; that a date is found, an event
made, or it was held follows from the date and the event (`reading.stage`). Nobody who is hidden,
dead, in quarantine or has refused is invited, counted or named; addresses are handed to nobody.
"""

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person, and the job that tells everybody."""
    from graphnet.reunions import personal, telling

    personal.register(core)
    core.job(telling.TOLD, telling.teller, policy=telling.POLICY)
