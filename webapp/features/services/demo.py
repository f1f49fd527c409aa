"""Services of the demo's Association."""

from collections.abc import Mapping
from typing import Any

from graphnet.accounts import account_by_email
from graphnet.engine import Engine
from graphnet.privacy import Viewer
from graphnet.requests import services
from graphnet.requests.services import Service

CATALOGUE = (
    Service(
        name="Archive certificate", name_ru="Архивная справка",
        description="A certificate of your studies from the university's archive.",
        description_ru="Справка о периоде обучения из архива университета.",
        audience="All alumni and their heirs", audience_ru="Все выпускники и их наследники",
        steps="You ask here\nThe archive looks it up\nYou get the certificate",
        steps_ru="Вы подаёте заявку\nАрхив находит сведения\nВы получаете справку",
        documents="Passport\nDiploma, if you have it", documents_ru="Паспорт\nДиплом, если есть",
        terms="Ten working days, free of charge", terms_ru="Десять рабочих дней, бесплатно",
        request_kind="document", position=10,
    ),
    Service(
        name="Reunion of your group", name_ru="Встреча вашей группы",
        description="We find the group, the place and the date, and send the invitations.",
        description_ru="Найдём однокурсников, место и день, разошлём приглашения.",
        audience="Any graduate", audience_ru="Любой выпускник",
        steps="You ask here\nWe look for your groupmates\nYou choose a day together\nYou meet",
        steps_ru="Вы подаёте заявку\nМы ищем однокурсников\nВместе выбираете день\nВы встречаетесь",
        terms="A hall of the university is free of charge", terms_ru="Аудитория бесплатно",
        request_kind="reunion", position=20,
    ),
    Service(
        name="Pass to the university", name_ru="Пропуск в университет",
        description="A pass for a day, to a building of the university.",
        description_ru="Пропуск на день в корпус университета.",
        audience="Alumni and their guests", audience_ru="Выпускники и их гости",
        documents="Passport at the entrance", documents_ru="Паспорт на входе",
        terms="Three working days before the visit", terms_ru="За три рабочих дня до визита",
        request_kind="pass", position=30,
    ),
)  # fmt: skip


def furnish(engine: Engine, cast: Mapping[str, Any]) -> None:
    """Let the demo's staff write the catalogue."""
    clerk = account_by_email(engine.store, cast["staff"]["email"])
    if clerk is None:
        return
    viewer = Viewer("staff", clerk.person_key, clerk.id, purpose="write services")
    for one in CATALOGUE:
        services.save(engine.store, viewer, one)
