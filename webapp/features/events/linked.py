"""What machines read of a public event: schema.org's Event, as JSON-LD."""

from typing import Any

from graphnet.store import Row
from webapp.frame.context import graphnet
from webapp.frame.i18n import in_language


def event_data(event: Row) -> dict[str, Any] | None:
    """Return the event as search engines read it; None if it is not for everybody."""
    if event["visibility"] != "public" or event["state"] != "published":
        return None
    site = graphnet().settings.site_url
    status = (
        "EventCancelled"
        if event["cancelled_at"]
        else ("EventRescheduled" if event["moved_from"] else "EventScheduled")
    )
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": in_language(event["title"], event["title_ru"]),
        "startDate": event["starts_at"].isoformat(),
        "eventStatus": f"https://schema.org/{status}",
        "url": f"{site}/events/{event['id']}",
        "organizer": [
            {"@type": "Organization", "name": in_language(one["name"], one["name_ru"])}
            for one in (*event["groups"], *event["units"])
        ],
    }
    if event["ends_at"]:
        found["endDate"] = event["ends_at"].isoformat()
    if event["moved_from"]:
        found["previousStartDate"] = event["moved_from"].isoformat()
    if text := in_language(event["description"], event["description_ru"]):
        found["description"] = text
    places: list[dict[str, Any]] = []
    if venue := in_language(event["venue"], event["venue_ru"]):
        city = in_language(*event["cities"][0]) if event["cities"] else ""
        address = ", ".join(part for part in (venue, city) if part)
        places.append({"@type": "Place", "name": venue, "address": address})
    if event["online_url"] or event.get("online"):
        places.append({"@type": "VirtualLocation", "url": found["url"]})
    if places:
        found["location"] = places[0] if len(places) == 1 else places
    mode = (
        "Mixed"
        if len(places) > 1
        else "Online"
        if places and places[0]["@type"] == "VirtualLocation"
        else "Offline"
    )
    found["eventAttendanceMode"] = f"https://schema.org/{mode}EventAttendanceMode"
    return found
