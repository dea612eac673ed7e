// Events of the journal as French sentences, for people who follow the messages.

// Signs that every system font has; none of them is the only thing that tells the kind of event.
const ICONS = {
  accepted: "✉", relayed: "⇄", delivered: "↓", read: "◉", opened: "◉", receipt: "✓", notified: "♪", refusal: "✕",
  "sign-in": "→", "sign-in-refused": "✕", bounced: "↩", returned: "↩", postponed: "…", remark: "!", clock: "»",
  protocol: "✕", closing: "■", document: "+", reset: "«", restored: "«",
};

/** A sign for the kind of event. */
export const icon = (event) => ICONS[event.kind] || "·";

const GROUPS = {
  messages: new Set(["accepted", "relayed", "delivered", "read", "opened", "receipt", "notified", "bounced", "returned",
    "postponed", "already-here", "dropped", "closing", "injected", "taken"]),
  refus: new Set(["refusal", "sign-in-refused", "protocol", "handshake-failed", "connection-refused", "remark", "bounced",
    "returned"]),
};

/** True when the event belongs to the group: "tout", "messages" or "refus". */
export const belongs = (event, group) => group === "tout" || GROUPS[group].has(event.kind);

/** True for what was refused, or came back. */
export const isRefusal = (event) => GROUPS.refus.has(event.kind) && event.kind !== "remark";

const list = (names) => names.length > 2 ? `${names.slice(0, 2).join(", ")} et ${names.length - 2} autres` : names.join(" et ");
const quoted = (subject) => subject ? ` « ${subject} »` : "";

const TOLD = {
  accepted: (e) => `${e.operator} accepte le message${quoted(e.subject)} de ${e.who || e.mailbox || "la messagerie"} pour ${list(e.to || [])}.`,
  relayed: (e) => `${e.operator} remet le message de ${e.who || "la messagerie"} à l’opérateur de ${e.mailbox}, en TLS mutuel.`,
  delivered: (e) => `Le message arrive dans la boîte ${e.mailbox}.`,
  read: (e) => `${e.who} lit ${plural(e.count, "message")} dans ${e.folder || "INBOX"}.`,
  opened: (e) => `${e.who} ouvre un message.`,
  receipt: (e) => `Accusé de lecture : ${e.mailbox} apprend que${quoted(e.subject)} a été ouvert.`,
  notified: (e) => `Le patient ${e.mailbox} est prévenu (${e.by === "push" ? "notification" : e.address || e.by}) : rien n’est réellement envoyé.`,
  refusal: (e) => `${e.sender || e.who || "Un inconnu"} n’écrit pas${e.recipient ? ` à ${e.recipient}` : ""} :`,
  "sign-in": (e) => `${e.who} se connecte (${e.door}).`,
  "sign-in-refused": (e) => `Connexion refusée à ${e.who || e.mailbox || e.client} :`,
  protocol: (e) => `Le protocole n’est pas respecté par ${e.who || e.client} : ${e.story}`,
  bounced: (e) => `Le message pour ${e.mailbox} revient à ${e.who} : ${e.reason || ""}`,
  postponed: (e) => `${e.mailbox} n’est pas joignable, nouvel essai plus tard : ${e.reason || ""}`,
  remark: (e) => `Remarque pour ${e.who || e.mailbox}${quoted(e.subject)} :`,
  clock: (e) => `L’horloge avance (${e.story.replace(/^the clock moved | forward$/g, "")}).`,
  whitelist: (e) => e.action === "withdrawn" ? `${e.domain} est retiré de la liste blanche.` : `${e.domain} est inscrit sur la liste blanche.`,
  reset: () => "Le simulateur revient à son état configuré.",
  document: (e) => `Un document est ajouté dans l’espace ${e.mailbox}.`,
};

const plural = (count, word) => `${count || 1} ${word}${(count || 1) > 1 ? "s" : ""}`;

/** The sentence of an event; what has none is told as the journal does. */
export function sentence(event) {
  const tell = TOLD[event.kind];
  return tell ? tell(event) : event.story;
}
