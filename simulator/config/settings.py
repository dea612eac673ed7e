"""The settings of the machinery. Defaults stand here and nowhere else; ``config.yaml`` repeats and explains them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulator.config.values import Count, Duration, Host, Password, Size, Text

KIB = 1024
MIB = 1024 * KIB


class Settings(BaseModel):
    """Shared strictness: no unknown key, no change after reading. Sizes are octets, durations seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def empty_when_all_is_commented_out(cls, value: object) -> object:
        """A group that is named but holds nothing keeps its defaults."""
        return {} if value is None else value


class Failures(Settings):
    """What failed sign-ins cost (P10)."""

    per_session: Count = 3
    first_delay: Duration = 1.0
    longest_delay: Duration = 15.0
    tries_per_minute: Count = 20


class Access(Settings):
    """How people sign in."""

    second_factor_for_persons: bool = False
    one_time_code_window: Annotated[int, Field(ge=0, le=20, description="a number of half minutes, 0 to 20")] = 1
    failures: Failures = Failures()


class Connections(Settings):
    """How many connections are held."""

    total: Count = 1000
    per_address: Count = 50


class Times(Settings):
    """How long a peer may take."""

    handshake: Duration = 10.0
    before_login: Duration = 60.0
    smtp_idle: Duration = 300.0
    imap_idle: Duration = 1800.0
    write_stalled: Duration = 30.0


class SmtpLimits(Settings):
    """What one SMTP session may send."""

    command_line: Size = 4 * KIB
    auth_line: Size = 12 * KIB
    text_line: Size = 1000
    recipients: Count = 200
    commands: Count = 100_000
    bad_commands: Count = 20


class MessageLimits(Settings):
    """What messages may hold, and take of our memory."""

    header_block: Size = 256 * KIB
    hops: Count = 50
    held_in_all: Size = 256 * MIB
    held_per_address: Size = 128 * MIB


class ImapLimits(Settings):
    """What one IMAP session may ask."""

    line: Size = 64 * KIB
    literal_before_login: Size = 4 * KIB
    literal: Size = 64 * KIB
    literals: Count = 100
    command: Size = MIB
    nesting: Count = 64
    pattern: Size = 1000
    set_elements: Count = 5000
    search_keys: Count = 1000
    folders: Count = 1000
    bad_commands: Count = 20


class Limits(Settings):
    """Bounds with clear answers (P14 to P16)."""

    quota: Size = 1024 * MIB
    connections: Connections = Connections()
    times: Times = Times()
    message: MessageLimits = MessageLimits()
    smtp: SmtpLimits = SmtpLimits()
    imap: ImapLimits = ImapLimits()


class Relay(Settings):
    """How mail for other operators is handed over."""

    first_retry: Duration = 30.0
    growth: Annotated[float, Field(ge=1, le=100, description="a factor, 1 or more")] = 2.0
    longest_retry: Duration = 3600.0
    give_up_after: Duration = 172_800.0
    delay_notice_after: Duration = 14_400.0
    connections_per_domain: Count = 4
    keep_open: Duration = 10.0
    connect_timeout: Duration = 10.0
    reply_timeout: Duration = 60.0


class Pki(Settings):
    """The certificates that the simulator makes."""

    key: Literal["rsa-2048", "rsa-3072", "ecdsa-p256"] = "rsa-2048"


class Dns(Settings):
    """The simulator's own name server."""

    ttl: Annotated[int, Field(ge=0, le=2_147_483_647, description="a whole number of seconds")] = 60
    txt: dict[Host, tuple[Text, ...]] = Field(default_factory=dict)


class Http(Settings):
    """The HTTP door: who may come in."""

    token: Password | None = Field(default=None, repr=False)
    hosts: tuple[Text, ...] = ()


class Indicators(Settings):
    """The pharmacy's counter: the formula is not published, so each part of it can be said (F22)."""

    threshold: Annotated[float, Field(ge=0, le=100, description="a percentage, 0 to 100")] = 5.0
    amount: Annotated[float, Field(ge=0, le=1_000_000, description="a number of euros")] = 240.0
    numerator: Literal["dispensings", "messages", "conversations"] = "dispensings"
    around: Annotated[Duration, Field(le=3_153_600_000, description="a duration such as 30 d")] = 2_592_000.0
    counts: tuple[Literal["patients", "professionals"], ...] = ("patients", "professionals")
    reimbursed_only: bool = True
    receipts: bool = False
    closings: bool = False
    period: Literal["year", "month", "all"] = "year"


class JournalKeeping(Settings):
    """The memory of what happened."""

    keep: Count = 10_000
