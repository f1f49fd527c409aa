"""What the demo has of projects: one that a member leads, with needs, news and money; an offer.

Who supports the others, and their books, came with the import.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from graphnet import accounts
from graphnet.engine import Engine
from graphnet.model import new_id
from graphnet.money.references import reference_of
from graphnet.people import of_origins
from graphnet.privacy import Viewer
from graphnet.projects import bank, books, editing, needs, promises, states, steps, treasury
from graphnet.projects.content import Content
from graphnet.projects.treasury import Given
from graphnet.requests import opening
from graphnet.store import Store
from webapp.features.projects.routes import KIND

LENS = Content(
    name="A telescope that pupils grind",
    name_ru="Телескоп, который шлифуют школьники",
    description="Eight Saturdays in the workshop: pupils grind a mirror and take it home.",
    description_ru="Восемь суббот в мастерской: школьники шлифуют зеркало и осенью забирают его.",
    kind="education",
    origin="alumni",
    goal=180_000,
)
DRAFT = Content(
    name="Letters of the first graduates",
    name_ru="Письма первых выпускников",
    description_ru="Собрать и прочитать письма тридцатых годов.",
    kind="heritage",
    origin="alumni",
)


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Do it by the same calls that the pages make."""
    store = engine.store
    wanted = {role: f"synth:person:{people[role]['id']}" for role in ("alumnus", "staff")}
    found = of_origins(store, list(wanted.values()))
    her = Viewer("alumnus", found[wanted["alumnus"]][0], "demo")
    staff = Viewer("staff", found[wanted["staff"]][0], "demo", frozenset({"staff"}), "projects")
    for row in books.projects(store, her, limit=1):
        opening.ask(store, her, KIND, row["name_ru"], "Могу два вечера в месяц.")
    _led(store, her, staff)
    _bank(store, her, staff, people["staff"]["email"])
    waits = editing.create(store, her, DRAFT)
    states.publish(store, her, waits, version=1)


def _led(store: Store, her: Viewer, staff: Viewer) -> None:
    project_id = editing.create(store, her, LENS)
    for kind, text, text_ru in (
        ("expertise", "Somebody who can grind mirrors", "Человек, который умеет шлифовать зеркала"),
        ("lab", "A dark room for two Saturdays", "Тёмная комната на две субботы"),
    ):
        needs.add(store, her, project_id, kind, text, text_ru)
    today = datetime.now(UTC).date()
    for text, text_ru, days in (
        ("The blanks are bought", "Заготовки куплены", -10),
        ("The mirror is ready", "Зеркало готово", 120),
    ):
        steps.add(store, her, project_id, text, today + timedelta(days=days), text_ru)
    states.publish(store, her, project_id, version=1)
    states.publish(store, staff, project_id, version=2)
    bought = steps.milestones(store, project_id)[0]
    steps.done(store, her, project_id, bought["id"], is_done=True)
    steps.write(
        store, her, project_id, "The blanks are here.", "Заготовки приехали, начинаем в субботу."
    )
    treasurer = staff.for_purpose(treasury.PURPOSE)
    for given in (
        Given(new_id(), "gift", 6_000_000, "RUB", today - timedelta(days=30), party_shown=True,
              party="Оптический завод", document="Договор № 14", fee=15_000),
        Given(new_id(), "expense", 2_437_050, "RUB", today - timedelta(days=12),
              what="Blanks of glass / Заготовки из стекла", document="Счёт № 88",
              party="ООО «Стекло»", party_shown=True),
        Given(new_id(), "expense", 900_000, "RUB", today, approved=True,
              what="Polishing powder / Полировальный порошок"),
    ):  # fmt: skip
        treasury.enter(store, treasurer, project_id, given)


STATEMENT = """1CClientBankExchange
ВерсияФормата=1.03
Кодировка=Windows
СекцияРасчСчет
ДатаНачала={day}
ДатаКонца={day}
РасчСчет=40703810500000000017
НачальныйОстаток=350000.00
КонечныйОстаток=331500.00
КонецРасчСчет
{payments}
КонецФайла
"""
PAYMENT = """СекцияДокумент=Платежное поручение
Номер={number}
Дата={day}
Сумма={amount}
{payer}Счет=40817810900000000042
{payer}1={name}
{ours}Счет=40703810500000000017
НазначениеПлатежа={text}
КонецДокумента"""


def _bank(store: Store, her: Viewer, staff: Viewer, email: str) -> None:
    """A statement of yesterday with a gift that was intended, one that was not, and a salary."""
    account = accounts.account_by_email(store, email)
    rows = books.projects(store, her, limit=1)
    if account is None or not rows:
        return
    accounts.give_role(store, account.id, "treasurer", actor=account.id)
    pledge = promises.promise(
        store,
        her,
        rows[0]["id"],
        14_400_000,
        kind=KIND,
        number=12,
        remind=True,
        subject=f"Обещанное пожертвование: {rows[0]['name_ru']}",
        text="144 000 ₽ 12 частями",
    )  # its first part stands in the statement below
    day = (datetime.now(UTC).date() - timedelta(days=1)).strftime("%d.%m.%Y")
    payments = [
        PAYMENT.format(
            number=number,
            day=day,
            amount=amount,
            name=name,
            text=text,
            payer=payer,
            ours="Плательщик" if payer == "Получатель" else "Получатель",
        )
        for number, amount, name, text, payer in (
            (41, "12000.00", "С. Е.", f"Пожертвование, {reference_of(pledge)}", "Плательщик"),
            (42, "9500.00", "ООО «Оптика»", "Благотворительный взнос", "Плательщик"),
            (43, "40000.00", "Петров П. П.", "Заработная плата за месяц", "Получатель"),
        )
    ]
    treasurer = Viewer(
        "staff", staff.person_key, account.id, frozenset({"staff", "treasurer"}), bank.PURPOSE
    )
    text = STATEMENT.format(day=day, payments="\n".join(payments))
    bank.take(store, treasurer, text.encode("cp1251"))
