"""Postfix and Dovecot as a peer: instances of their own, everything in one folder, loopback only."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from bench import processes
from bench.load.letters import letter
from bench.peers import Peer
from bench.ways import ALPHA, BETA, DOMAINS, Account

_OWNER = "nobody"
"""Whose files the mailboxes are."""

MAIN_CF = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/state
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = bench.mssante.fr
mydestination =
mynetworks =
alias_maps =
alias_database =
virtual_mailbox_domains = {domains}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{{mailboxes}}}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_mailbox_limit = 0
smtpd_tls_chain_files = {key}, {chain}
smtpd_tls_CAfile = {ca}
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_client_connection_count_limit = 0
in_flow_delay = 0
"""
MASTER_CF = """
127.0.0.1:{submission} inet n - n - - smtpd
    -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
    -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
127.0.0.1:{mx} inet n - n - - smtpd
    -o smtpd_tls_security_level=encrypt -o smtpd_tls_req_ccert=yes
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
virtual   unix  - n n - - virtual
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""
DOVECOT_CONF = """
base_dir = {folder}/run
state_dir = {folder}/state-dovecot
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{chain}
ssl_key = <{key}
mail_location = maildir:{folder}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 1000
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {imap}
    ssl = yes
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {auth}
  }}
}}
"""


class PostfixDovecot(Peer):
    """Postfix stores into Maildirs, Dovecot reads them."""

    name = "Postfix+Dovecot"
    keeps = "files, fsync"
    has = ("submission", "mx", "imap")

    @staticmethod
    def missing() -> str:
        """Postfix starts as root only."""
        if not (shutil.which("postfix") and shutil.which("dovecot")):
            return "not installed: apt-get install postfix dovecot-imapd"
        return "" if os.geteuid() == 0 else "Postfix starts as root only"

    def launch(self) -> None:
        """Write the configurations, start both."""
        # Their processes run as several users, and a socket's path must be short.
        self.folder = Path(tempfile.mkdtemp(prefix="bench-mail-"))
        self.folder.chmod(0o755)
        owner = pwd.getpwnam(_OWNER)
        values: dict[str, object] = {
            "folder": self.folder, "uid": owner.pw_uid, "gid": owner.pw_gid, "auth": processes.free_port(),
            "chain": self.papers.chain, "key": self.papers.key, "ca": self.papers.ca,
            "domains": " ".join(DOMAINS.values()),
            "mailboxes": ", ".join(f"{{{a.address} = {a.address}/}}" for a in ALPHA + BETA),
            **{door: way.port for door, way in self.doors.items()},
        }
        postfix, dovecot = self.folder / "postfix", self.folder / "dovecot.conf"
        for part in (postfix, self.folder / "queue", self.folder / "state", self.folder / "mail"):
            part.mkdir(exist_ok=True)
        shutil.chown(self.folder / "mail", owner.pw_uid, owner.pw_gid)
        shutil.chown(self.folder / "state", "postfix")
        (postfix / "main.cf").write_text(MAIN_CF.format(**values))
        (postfix / "master.cf").write_text(MASTER_CF.format(**values))
        dovecot.write_text(DOVECOT_CONF.format(**values))
        (self.folder / "users").write_text("".join(f"{a.address}:{{PLAIN}}{a.password}\n" for a in ALPHA + BETA))
        subprocess.run(["postfix", "-c", postfix, "check"], capture_output=True, timeout=30, check=False)
        self._run(["dovecot", "-F", "-c", dovecot])
        self._run(["postfix", "-c", postfix, "start-fg"])

    def stop(self) -> None:
        """Both; then the folder goes. Only its own command ends Postfix: what was started is a script above it."""
        if self.pids:
            stop = ["postfix", "-c", str(self.folder / "postfix"), "stop"]
            subprocess.run(stop, capture_output=True, timeout=30, check=False)
        super().stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def fill(self, account: Account, count: int) -> None:
        """Through Dovecot's own import: a submission would end long before its delivery."""
        box = self.folder / "mail" / "fill.mbox"
        with box.open("wb") as file:
            for number in range(count):
                text = letter(number, ALPHA[0].address, account.address).replace(b"\r\n", b"\n")
                file.write(b"From bench Sun Nov 22 12:00:00 2026\n" + text + b"\n")
        shutil.chown(box, _OWNER)
        doveadm = ["doveadm", "-c", str(self.folder / "dovecot.conf"), "-o", "mail_fsync=never"]
        source = f"mbox:{self.folder}/mail/filling:INBOX={box}:INDEX=MEMORY"
        for words in (["mailbox", "create", "-u", account.address, "Drafts"],
                      ["import", "-u", account.address, source, "", "ALL"]):
            subprocess.run([*doveadm, *words], capture_output=True, timeout=600, check=True)
        box.unlink()
