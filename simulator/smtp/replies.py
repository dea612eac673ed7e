"""The replies a door gives by itself, with their enhanced status codes (RFC 5321 4.2, RFC 3463, RFC 4954 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from simulator.model.reply import Reply, reply
from simulator.smtp.reader import Flaw

# Said for every message, hence kept as bytes.
SENDER_OK: Final = reply(250, "2.1.0", "Sender accepted").encode()
RECIPIENT_OK: Final = reply(250, "2.1.5", "Recipient accepted").encode()
SEND_TEXT: Final = reply(354, "", "Send the message, end with a line holding only a dot").encode()
CHUNK_OK: Final = reply(250, "2.0.0", "Chunk received, go on").encode()
RESET_DONE: Final = reply(250, "2.0.0", "Forgotten").encode()
STILL_HERE: Final = reply(250, "2.0.0", "Still here").encode()
START_TLS: Final = reply(220, "2.0.0", "Begin the TLS handshake").encode()
SIGNED_IN: Final = reply(235, "2.7.0", "Signed in").encode()
GOODBYE: Final = reply(221, "2.0.0", "Goodbye").encode()
CANNOT_VERIFY: Final = reply(252, "2.0.0", "Mailboxes are not confirmed; send the message and see").encode()

MESSAGE_OK: Final = reply(250, "2.0.0", "Message accepted")

# The connection ends after these.
SHUTTING_DOWN: Final = reply(421, "4.3.2", "The simulator is stopping")
SIGN_IN_SOONER: Final = reply(421, "4.7.0", "Nobody signed in for too long; connect again and sign in sooner")
TOO_SLOW: Final = reply(421, "4.4.2", "Nothing complete was received in time")
TOO_MANY_COMMANDS: Final = reply(421, "4.7.0", "Too many commands in one session")
TOO_MUCH_JUNK: Final = reply(421, "4.7.0", "Too many commands that bring no mail")
TOO_MANY_ERRORS: Final = reply(421, "4.7.0", "Too many errors")
TOO_MANY_REFUSALS: Final = reply(421, "4.7.0", "Too many refusals")
NOT_SMTP: Final = reply(421, "4.7.0", "This door speaks SMTP")
ENDLESS_LINE: Final = reply(500, "5.5.2", "The line does not end")
ENDLESS_TEXT: Final = reply(552, "5.3.4", "The message does not end")
CHUNK_SYNTAX: Final = reply(501, "5.5.4", "Write BDAT, the number of octets, then LAST or nothing (RFC 3030 2)")
ENDLESS_CHUNK: Final = reply(552, "5.3.4", "The chunk is far larger than any message taken here")
DISTRUSTED: Final = reply(501, "5.7.0", "The server's proof was not accepted, so nobody is signed in")
INJECTION: Final = reply(501, "5.5.2", "Nothing may follow STARTTLS before the handshake (RFC 3207 4.2)")
OUT_OF_STEP: Final = reply(554, "5.5.0", "Wait for the reply to DATA before sending text (RFC 2920 3.1)")

FAILED: Final = reply(451, "4.3.0", "Something went wrong here; try again later")

# Lines.
LINE_TOO_LONG: Final = reply(500, "5.5.2", "The line is too long")
AUTH_LINE_TOO_LONG: Final = reply(500, "5.5.6", "The authentication line is too long")
BARE_LINE_END: Final = reply(500, "5.5.2", "Lines end with CR LF, both together")
CONTROL_CHARACTER: Final = reply(500, "5.5.2", "The line holds a control character")
NOT_UTF8: Final = reply(500, "5.5.2", "The line is neither ASCII nor UTF-8")

# Commands.
UNKNOWN_COMMAND: Final = reply(500, "5.5.2", "Unknown command")
NOT_PROVIDED: Final = reply(502, "5.5.1", "Command not provided here")
NO_ARGUMENT: Final = reply(501, "5.5.4", "The command takes no argument")
NAME_WANTED: Final = reply(501, "5.5.4", "Give the name of your host")
ARGUMENT_WANTED: Final = reply(501, "5.5.4", "An argument is missing")
HELLO_FIRST: Final = reply(503, "5.5.1", "Say EHLO first")
MAIL_FIRST: Final = reply(503, "5.5.1", "Say MAIL first")
RCPT_FIRST: Final = reply(503, "5.5.1", "No recipient was accepted")
IN_CHUNKS: Final = reply(503, "5.5.1", "The message has begun with BDAT; go on with BDAT, or say RSET")
SENDER_KNOWN: Final = reply(503, "5.5.1", "The sender is already given")
TLS_ALREADY: Final = reply(503, "5.5.1", "TLS is already in use")
TOO_MANY_RECIPIENTS: Final = reply(452, "4.5.3", "Too many recipients for one message")

# Paths and parameters.
MAIL_SYNTAX: Final = reply(501, "5.5.4", "Write MAIL FROM:<address> parameters")
RCPT_SYNTAX: Final = reply(501, "5.5.4", "Write RCPT TO:<address> parameters")
NO_RECIPIENT: Final = reply(501, "5.1.3", "A recipient is needed between the angle brackets")
NO_POSTMASTER: Final = reply(550, "5.1.1", "Nobody reads the mail of a postmaster here; write to a full address")
UTF8_NOT_DECLARED: Final = reply(553, "5.6.7", "The address is not ASCII and MAIL came without SMTPUTF8")
PARAMETER_TWICE: Final = reply(501, "5.5.4", "A parameter is given twice")
NO_ROOM: Final = reply(452, "4.3.1", "Too many unfinished messages are held here, try again later")
TOO_BIG: Final = reply(552, "5.3.4", "The message is larger than this operator takes")

# Text of a message.
BARE_END_IN_TEXT: Final = reply(550, "5.6.0", "The message holds a CR or LF alone; lines end with CR LF")
NUL_IN_TEXT: Final = reply(550, "5.6.0", "The message holds a NUL octet")
TEXT_LINE_TOO_LONG: Final = reply(554, "5.6.0", "A line of the message is longer than 1000 octets")

# AUTH.
TLS_FIRST: Final = reply(538, "5.7.11", "Say STARTTLS before signing in")
SIGNED_IN_ALREADY: Final = reply(503, "5.5.1", "Already signed in")
NOT_NOW: Final = reply(503, "5.5.1", "Not during a mail transaction")
UNKNOWN_MECHANISM: Final = reply(504, "5.5.4", "This mechanism is not offered")
AUTH_SYNTAX: Final = reply(501, "5.5.4", "Write AUTH mechanism, then at most one initial response")
CANCELLED: Final = reply(501, "5.7.0", "Sign-in given up")
NOT_BASE64: Final = reply(501, "5.5.2", "The response is not base64")
BAD_RESPONSE: Final = reply(501, "5.5.2", "The response does not fit the mechanism")

# What the reader finds, with the rule that the journal names.
LINE_FLAWS: Final[Mapping[Flaw, tuple[Reply, str]]] = {
    Flaw.BARE_END: (BARE_LINE_END, "bare-line-end"),
    Flaw.CONTROL: (CONTROL_CHARACTER, "control-character"),
    Flaw.LINE_TOO_LONG: (LINE_TOO_LONG, "line-length"),
    Flaw.AUTH_TOO_LONG: (AUTH_LINE_TOO_LONG, "line-length"),
    Flaw.ENDLESS: (ENDLESS_LINE, "line-length"),
}
TEXT_FLAWS: Final[Mapping[Flaw, tuple[Reply, str]]] = {
    Flaw.BARE_END: (BARE_END_IN_TEXT, "bare-line-end"),
    Flaw.NUL: (NUL_IN_TEXT, "nul-octet"),
    Flaw.LINE_TOO_LONG: (TEXT_LINE_TOO_LONG, "text-line-length"),
    Flaw.TOO_BIG: (TOO_BIG, "message-size"),
    Flaw.ENDLESS: (ENDLESS_TEXT, "message-size"),
    Flaw.NO_ROOM: (NO_ROOM, "message-room"),
}
