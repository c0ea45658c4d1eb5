"""Freshdesk: tickets. Which columns the file has is ticked at each export."""

from transforms.platforms import unused
from transforms.reading.layout import NOTHING, Layout, Platform, State

SOURCE, TYPE = "Source", "Type"
WHERE = (
    "Freshdesk, the list of tickets, Export: tick Created time, Source, Type, Initial response time, Resolved time, "
    "Agent and Tags of the ticket, and Email of the contact"
)

TICKETS = Layout(
    name="freshdesk_tickets",
    kind="ticket",
    columns={
        "ticket_id": "Ticket ID",
        "happened_at": "Created time",
        "account_id": "Email",
        "channel": SOURCE,
        "ticket_type": TYPE,
        "first_reply_at": "Initial response time",
        "resolved_at": ("Resolved time", "Closed time"),
        # The file has the name of who answered; a number made of it does as well.
        "agent_id": "Agent",
        "tags": "Tags",
    },
    required=("Ticket ID", "Created time", SOURCE, TYPE, "Email"),
    numbered=("agent_id",),
    states={
        "channel": (
            # The forms on the site are answered by e-mail.
            State("email", {SOURCE: ("Email", "Portal", "Feedback Widget")}),
            State("phone", {SOURCE: ("Phone",)}),
            State("chat", {SOURCE: ("Chat", "WhatsApp")}),
        ),
        "ticket_type": (
            State("complaint", {TYPE: ("Incident", "Problem")}),
            State("service_request", {TYPE: ("Refund",)}),
            # What nobody has sorted is no complaint yet.
            State("inquiry", {TYPE: ("Question", "Feature Request", "Lead", *NOTHING)}),
        ),
    },
    where=WHERE,
    unused={
        unused.NOTE: ("Subject", "Description"),
        unused.STAGE: ("Status", "Priority", "Due by Time", "Last update time"),
        unused.STAFF: ("Group",),
        unused.FOLLOWS: (
            "First response time (in hrs)",
            "Resolution time (in hrs)",
            "Resolution status",
            "First response status",
        ),
        unused.LATER: ("Time tracked", "Agent interactions", "Customer interactions", "Survey results", "Product"),
        unused.PERSON: (
            "Full name",
            "Requester Name",
            "Title",
            "Work phone",
            "Mobile phone",
            "Facebook ID",
            "Twitter ID",
            "Contact ID",
            "Unique External ID",
            "Time zone",
            "Language",
        ),
    },
)

TICKET_METRICS = Layout(
    name="freshdesk_ticket_metrics",
    kind="ticket",
    columns={},
    required=("Ticket Id", "First Response Time (in Hrs)", "Resolution Time (in Hrs)"),
    refused="The file does not say when a ticket came, on what channel and from which address. Export it again with "
    "Created time, Source and Type of the ticket and Email of the contact.",
    where=WHERE,
)

PLATFORM = Platform(
    name="freshdesk",
    title="Freshdesk",
    layouts=(TICKETS, TICKET_METRICS),
    buyer="The e-mail address of the contact. Tickets by phone mostly have none.",
    money="It tells of no money.",
    lacks=(
        "the order that a ticket is about",
        "how often a ticket was opened again",
        "types of the shop's own making: a ticket of one is rejected",
    ),
)
