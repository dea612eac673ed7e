"""The SMTP doors: ``mx``, ``submission`` and ``smtps``. They speak the protocol and know no rules."""
