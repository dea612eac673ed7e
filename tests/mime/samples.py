"""Messages used by several tests of the message side, written with LF and turned into CRLF."""


def crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("utf-8", "surrogateescape")


PLAIN = crlf("From: a@b.example\nSubject: hello\n\nfirst line\nsecond line\n")

# A letter in two forms, a forwarded message that has parts of its own, and a digest.
NESTED = crlf("""\
From: Isabelle Fontaine <isabelle@pharmacie.example>
Content-Type: multipart/mixed; boundary="out"

preamble
--out
Content-Type: multipart/alternative; boundary=outer-in

--outer-in
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Ordonnance pr=C3=AAte
--outer-in
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: base64

PHA+cHLqdGU8L3A+
--outer-in--
--out
Content-Type: message/rfc822
Content-Description: the letter

From: paul@medecin.example
Subject: inside
Content-Type: multipart/mixed; boundary=in

--in

inner text
--in
Content-Type: application/pdf; name="a b.pdf"
Content-Disposition: attachment; filename="a b.pdf"
Content-Transfer-Encoding: base64

JVBERg==
--in--
inner epilogue
--out
Content-Type: multipart/digest; boundary=dig

--dig

From: one@digest.example

digest one
--dig
Content-Type: text/plain

not a message
--dig--
--out--
epilogue
""")
